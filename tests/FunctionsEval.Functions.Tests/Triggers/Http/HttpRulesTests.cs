using FunctionsEval.Functions.Triggers.Http;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.Functions.Tests.Triggers.Http;

public sealed class HttpRulesTests
{
    /// <summary>
    /// The types that a page may send to another site unasked (Fetch Standard, "CORS-safelisted request-header"), and none.
    /// </summary>
    [Theory]
    [InlineData("text/plain")]
    [InlineData("text/plain;charset=UTF-8")]
    [InlineData("text/plain; application/json")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=application/json")]
    [InlineData("json")]
    [InlineData("")]
    [InlineData(null)]
    public void Post_with_a_body_that_is_not_said_to_be_json_is_refused(string? type) =>
        Assert.Equal(415, Assert.IsType<IStatusCodeHttpResult>(HttpRules.Refuse(Request("POST", type, 2)), exactMatch: false).StatusCode);

    [Theory]
    [InlineData("POST", "application/json", 2)]
    [InlineData("POST", "application/json; charset=utf-8", 2)]
    [InlineData("POST", "Application/JSON", 2)]
    [InlineData("POST", "application/cloudevents+json", 2)]
    [InlineData("POST", "application/cloudevents-batch+json; charset=utf-8", 2)]
    [InlineData("POST", null, 0)]
    [InlineData("PUT", "text/csv", 2)]
    [InlineData("GET", null, 0)]
    public void Other_requests_are_passed_on(string method, string? type, long length) =>
        Assert.Null(HttpRules.Refuse(Request(method, type, length)));

    [Fact]
    public void Cloud_event_in_binary_mode_may_bring_data_of_any_type()
    {
        var request = Request("POST", "text/xml", 2);
        request.Headers["ce-type"] = "Microsoft.Storage.BlobCreated";
        Assert.Null(HttpRules.Refuse(request));
    }

    private static HttpRequest Request(string method, string? type, long length)
    {
        var request = new DefaultHttpContext().Request;
        (request.Method, request.ContentType, request.ContentLength) = (method, type, length);
        return request;
    }
}
