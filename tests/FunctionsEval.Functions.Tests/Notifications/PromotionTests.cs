using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FunctionsEval.Core.Gates;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Suites;
using FunctionsEval.Functions.Notifications;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Tests.Channels;
using FunctionsEval.Functions.Webhooks;
using YamlDotNet.RepresentationModel;

namespace FunctionsEval.Functions.Tests.Notifications;

/// <summary>What a pipeline gets, what docs/notifications.md says of it, and the pipelines in docs/promotion that act on it.</summary>
public sealed partial class PromotionTests
{
    private const string Secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    /// <summary>What 64 KiB of base64 hold.</summary>
    private const int MaxBytes = 64 * 1024 * 3 / 4;

    private static readonly string[] Examples = ["github-actions.yml", "azure-pipelines.yml", "relay.mjs"];

    private static readonly DateTimeOffset Now = new(2026, 11, 25, 21, 15, 7, TimeSpan.Zero);

    private static readonly Run Run = new()
    {
        RunId = "ev-1",
        Status = RunStatus.Completed,
        Dataset = "support-tickets/test.jsonl",
        Verdict = VerdictResult.Pass,
        Finished = Now,
    };

    private static readonly SuiteRun Suite = new()
    {
        SuiteRunId = "es-1",
        Status = RunStatus.Completed,
        Suite = "support-tickets",
        Verdict = VerdictResult.Pass,
        Finished = Now,
        Datasets =
        [
            new SuiteDataset("support-tickets/test.jsonl", SuiteTier.Critical)
            {
                RunId = "ev-1",
                Status = RunStatus.Completed,
                Verdict = VerdictResult.Pass,
            },
        ],
    };

    [Theory]
    [InlineData("run")]
    [InlineData("suite")]
    public void Document_shows_every_member_of_the_message_and_no_other(string kind)
    {
        var document = Repository.Read("docs", "notifications.md");
        var example = document.Split($"<!-- contract: {kind} -->\n```json\n")[1].Split("```")[0];

        Assert.Equal(
            MembersOf(Message(kind)).Order(StringComparer.Ordinal),
            MembersOf(JsonNode.Parse(example)!).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Examples_use_only_members_that_the_message_and_the_suite_run_have()
    {
        var message = MembersOf(Message("suite")).ToHashSet();
        var suite = JsonSerializer
            .SerializeToNode(Suite with { Deployment = "ft-1" }, ResultJson.Options)!
            .AsObject()
            .Select(member => member.Key)
            .ToHashSet();
        foreach (var file in Examples)
        {
            var text = Repository.Read("docs", "promotion", file);
            var used = Used().Matches(text).Select(match => match.Groups[1].Value).ToList();
            Assert.True(used.Count > 0, file);
            Assert.All(used, member => Assert.Contains("data." + member, message));
            var read = text.Split('\n')
                .Where(line => line.Contains("jq", StringComparison.Ordinal) && line.Contains("suite.json", StringComparison.Ordinal));
            Assert.All(
                read.SelectMany(line => OfSuiteRun().Matches(line)).Select(match => match.Groups[1].Value),
                member => Assert.Contains(member, suite)
            );
        }
    }

    [Theory]
    [InlineData("github-actions.yml")]
    [InlineData("azure-pipelines.yml")]
    public void Pipeline_is_yaml_and_promotes_after_the_verdict_was_read_from_the_app_alone(string file)
    {
        var text = Repository.Read("docs", "promotion", file);
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));

        Assert.IsType<YamlMappingNode>(Assert.Single(yaml.Documents).RootNode);
        var check = text.IndexOf(""".status == "Completed" and .verdict == "pass" and .suite == $suite""", StringComparison.Ordinal);
        Assert.True(check > 0);
        foreach (var change in new[] { "deployment create", "az rest --method patch" })
        {
            var first = text.IndexOf(change, StringComparison.Ordinal);
            Assert.True(first < 0 || first > check, $"{change} in {file}");
        }

        // What a message says never becomes a part of a script: it is a value of the environment.
        Assert.All(
            PipelineScripts.In(yaml.Documents[0].RootNode),
            script =>
            {
                Assert.DoesNotContain("${{ parameters.", script, StringComparison.Ordinal);
                Assert.DoesNotContain("${{ github.event.", script, StringComparison.Ordinal);
                Assert.DoesNotContain("${{ steps.", script, StringComparison.Ordinal);
            }
        );
    }

    [Fact]
    public async Task Relay_takes_what_the_app_signs_and_passes_on_the_pass_of_a_suite_alone()
    {
        var pass = Notification.From(Suite).Body.ToArray();
        var fail = Notification.From(Suite with { Verdict = VerdictResult.Fail }).Body.ToArray();
        var run = Notification.From(Run).Body.ToArray();
        var signature = WebhookSignature.TryCreate(Secret)!.Sign("es-1-0", Now, pass);
        var headers = new JsonObject
        {
            ["webhook-id"] = "es-1-0",
            ["webhook-timestamp"] = Now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["webhook-signature"] = "v1,AAAA " + signature,
        };
        var script = $$"""
            import { isSigned, toDispatch } from {{JsonSerializer.Serialize(
                new Uri(Repository.PathOf("docs", "promotion", "relay.mjs")).AbsoluteUri
            )}};
            const [pass, fail, run] = {{JsonSerializer.Serialize(new[] { pass, fail, run }.Select(Encoding.UTF8.GetString))}};
            const headers = {{headers.ToJsonString()}}, secret = "{{Secret}}", now = {{Now.ToUnixTimeMilliseconds()}};
            console.log(JSON.stringify([
              isSigned(Buffer.from(pass), headers, secret, now),
              isSigned(Buffer.from(fail), headers, secret, now),
              isSigned(Buffer.from(pass), headers, "whsec_AAAA", now),
              isSigned(Buffer.from(pass), headers, secret, now + 301000),
              isSigned(Buffer.from(pass), {}, secret, now),
              toDispatch(JSON.parse(pass)), toDispatch(JSON.parse(fail)), toDispatch(JSON.parse(run)), toDispatch(null)]));
            """;

        Assert.Equal(
            """[true,false,false,false,false,{"event_type":"functionseval","client_payload":{"suiteRunId":"es-1"}},null,null,null]""",
            await RunNodeAsync(script)
        );
    }

    [Theory]
    [InlineData('\u4e00')]
    [InlineData('"')]
    [InlineData('<')]
    public void Messages_with_long_names_and_of_many_datasets_fit_into_a_queue(char character)
    {
        var name = new string(character, 1024);
        var contexts = Enumerable.Repeat(new string('"', CallerContexts.MaxLength), CallerContexts.MaxCount).ToList();
        var suite = Suite with
        {
            Contexts = contexts,
            Suite = name,
            Model = name,
            Baseline = name,
            Deployment = name,
            ServedModel = name,
            VerdictReasons = [.. Enumerable.Repeat(new RuleVerdict(VerdictResult.Pass, name), 200)],
            Warnings = [.. Enumerable.Repeat(name, 200)],
            Candidates = [.. Enumerable.Repeat(new SuiteCandidate(name, VerdictResult.Inconclusive, []), SuiteCandidates.MaxCount)],
            Datasets = [.. Enumerable.Repeat(Suite.Datasets![0] with { RunId = "ev-m7jxfbitephzjonfqwtgd26xba" }, 200)],
        };

        var run = Run with
        {
            RunId = "ev-m7jxfbitephzjonfqwtgd26xba",
            Contexts = contexts,
            Suite = name,
            Dataset = name,
            Model = name,
            Baseline = name,
            Deployment = name,
            CandidateFigures = new ModelFigures { AnsweredBy = name },
            VerdictReasons = suite.VerdictReasons,
            Warnings = suite.Warnings,
        };

        Assert.InRange(Notification.From(suite).Body.ToMemory().Length, 1, MaxBytes);
        Assert.InRange(Notification.From(run).Body.ToMemory().Length, 1, MaxBytes);
        Assert.InRange(Notification.From(run, Overviews.With(name)).Body.ToMemory().Length, 1, MaxBytes);
    }

    private static JsonNode Message(string kind) =>
        JsonNode.Parse((kind == "suite" ? Notification.From(Suite) : Notification.From(Run, Overviews.With("refund"))).Body.ToString())!;

    /// <summary>The members of an object, and of the objects in it, with their paths.</summary>
    private static IEnumerable<string> MembersOf(JsonNode node, string path = "") =>
        node switch
        {
            JsonObject one => one.SelectMany(member => MembersOf(member.Value!, path + member.Key + ".").Prepend(path + member.Key)),
            JsonArray { Count: > 0 } list when list[0] is JsonObject => MembersOf(list[0]!, path + "0."),
            _ => [],
        };

    private static async Task<string> RunNodeAsync(string script)
    {
        var start = new ProcessStartInfo("node", ["--input-type=module"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var node = Process.Start(start)!;
        await node.StandardInput.WriteAsync(script);
        node.StandardInput.Close();
        var written = await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        return written.Trim();
    }

    /// <summary>Members of <c>data</c>, in jq, in paths of a webhook's filter and in JavaScript.</summary>
    [GeneratedRegex(@"\bdata\??\.([A-Za-z]+)")]
    private static partial Regex Used();

    /// <summary>Members of the suite run that the app gives, in jq.</summary>
    [GeneratedRegex(@"(?<=['\s])\.([A-Za-z]+)(?= ==|')")]
    private static partial Regex OfSuiteRun();
}
