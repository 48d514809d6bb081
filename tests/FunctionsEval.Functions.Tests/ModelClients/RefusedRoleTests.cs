using FunctionsEval.Core.Datasets;
using FunctionsEval.Functions.ModelClients;
using FunctionsEval.Functions.ModelClients.Protocols;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Tests.ModelClients;

/// <summary>Turns whose role or name an endpoint does not take are sent as others that it takes.</summary>
public sealed class RefusedRoleTests
{
    [Theory]
    [InlineData(
        400,
        """{"error":{"message":"Unsupported value: 'messages[0].role' does not support 'system' with this model.","type":"invalid_request_error","param":"messages[0].role","code":"unsupported_value"}}""",
        "developer"
    )]
    [InlineData(
        400,
        """{"object":"error","message":"System role not supported","type":"BadRequestError","param":null,"code":400}""",
        "user"
    )]
    [InlineData(400, """{"error":{"message":"Only user and assistant roles are supported!","type":"invalid_request_error"}}""", "user")]
    [InlineData(
        400,
        """{"object":"error","message":"Conversation roles must alternate user/assistant/user/assistant/...","type":"BadRequestError","code":400}""",
        "user"
    )]
    [InlineData(500, """{"error":{"code":500,"message":"Jinja Exception: System role not supported","type":"server_error"}}""", "user")]
    [InlineData(400, """{"message":"This model doesn't support system messages. Try again without a system message."}""", "user")]
    [InlineData(
        400,
        """[{"error":{"code":400,"message":"Developer instruction is not enabled for models/gemma-3-27b-it","status":"INVALID_ARGUMENT"}}]""",
        "user"
    )]
    [InlineData(
        422,
        """{"detail":[{"type":"literal_error","loc":["body","messages",0,"role"],"msg":"Input should be 'user' or 'assistant'"}]}""",
        "user"
    )]
    [InlineData(400, "System role is not supported by this model", "user")]
    public async Task System_role_that_is_not_taken_becomes_developer_or_part_of_the_first_user_turn(
        int status,
        string refusal,
        string role
    )
    {
        await using var harness = await CallHarness.StartAsync(context =>
            RolesOf(context).Any(sent => sent != role && sent != "user") ? Replies.Json(status, refusal)(context) : Replies.Ok(context)
        );

        var completion = CallResults.Answered(await harness.CallAsync());

        Assert.Equal(["system role"], completion.LeftOut);
        Assert.Equal(2, completion.Attempts);
        var messages = harness.Server.Ledger[^1].Body.GetProperty("messages");
        Assert.Equal(
            role == "user" ? "Answer with a label.\n\nSECRET-PROMPT" : "Answer with a label.",
            messages[0].GetProperty("content").GetString()
        );
    }

    [Fact]
    public async Task System_role_goes_on_to_the_user_turn_where_developer_is_refused_too()
    {
        await using var harness = await CallHarness.StartAsync(context =>
            RolesOf(context) is ["user"] ? Replies.Ok(context) : Replies.Error(400, "unsupported_value", "messages[0].role")(context)
        );

        Assert.Equal(3, CallResults.Answered(await harness.CallAsync()).Attempts);
        Assert.Equal(
            ["system", "developer", "user"],
            harness.Server.Ledger.Select(seen => seen.Body.GetProperty("messages")[0].GetProperty("role").GetString())
        );
    }

    [Fact]
    public async Task Names_of_turns_are_sent_and_left_out_where_they_are_refused()
    {
        var refusal = Replies.Json(
            422,
            """{"detail":[{"type":"extra_forbidden","loc":["body","messages",1,"system","name"],"msg":"Extra inputs are not permitted"}]}"""
        );
        await using var harness = await CallHarness.StartAsync(context =>
            ModelServer.BodyOf(context).GetProperty("messages").EnumerateArray().Any(turn => turn.TryGetProperty("name", out _))
                ? refusal(context)
                : Replies.Ok(context)
        );
        var request = new ModelRequest
        {
            Messages =
            [
                new ChatMessage("system", "Rules."),
                new ChatMessage("system", "2+2") { Name = "example_user" },
                new ChatMessage("user", "3+3"),
            ],
        };

        var completion = CallResults.Answered(await harness.CallAsync("m", request, TestContext.Current.CancellationToken));

        Assert.Equal("example_user", harness.Server.Ledger[0].Body.GetProperty("messages")[1].GetProperty("name").GetString());
        Assert.Equal(["name"], completion.LeftOut);
    }

    [Fact]
    public void Example_turns_among_the_instructions_keep_their_roles_where_there_is_no_system_role()
    {
        var turns = RequestMessages.Prepare(
            [
                new ChatMessage("system", "Rules."),
                new ChatMessage("system", "2+2") { Name = "example_user" },
                new ChatMessage("system", "4") { Name = "example_assistant" },
                new ChatMessage("user", "3+3"),
                new ChatMessage("developer", "Brief."),
            ],
            Quirks.NoSystemRole
        );

        Assert.Equal(
            [
                new ChatMessage("user", "Rules.\n\n2+2"),
                new ChatMessage("assistant", "4"),
                new ChatMessage("user", "3+3"),
                new ChatMessage("user", "Brief."),
            ],
            turns
        );
    }

    private static string[] RolesOf(HttpContext context) =>
        [.. ModelServer.BodyOf(context).GetProperty("messages").EnumerateArray().Select(turn => turn.GetProperty("role").GetString()!)];
}
