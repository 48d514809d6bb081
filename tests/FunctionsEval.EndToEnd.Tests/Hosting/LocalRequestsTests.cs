using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using FunctionsEval.EndToEnd.Tests.Evaluations;
using FunctionsEval.EndToEnd.Tests.Support;
using FunctionsEval.LocalHost.Hosting;
using FunctionsEval.LocalHost.Machine;
using FunctionsEval.LocalHost.SampleModels;
using Microsoft.AspNetCore.Http;

namespace FunctionsEval.EndToEnd.Tests.Hosting;

/// <summary>
/// What a web page in the browser of whoever works here can send: requests to this machine across sites (Fetch Standard, "CORS-safelisted"
/// types
/// and methods), and, where its own name leads to 127.0.0.1 (DNS rebinding), requests that its browser takes for its own site's.
/// </summary>
public sealed class LocalRequestsTests(SharedApp shared) : IClassFixture<SharedApp>
{
    private const int Port = 7071;

    private readonly EvaluationApp _app = shared.App;

    [Theory]
    [InlineData("127.0.0.1:7071")]
    [InlineData("localhost:7071")]
    [InlineData("LocalHost:7071")]
    [InlineData("[::1]:7071")]
    public void Request_of_this_machine_for_itself_is_taken(string host)
    {
        Assert.Null(LocalRequests.FindProblem(Request("POST", host), Port));
        Assert.Null(LocalRequests.FindProblem(Request("POST", host, ("Origin", "http://" + host)), Port));
        Assert.Null(LocalRequests.FindProblem(Request("GET", host, ("Sec-Fetch-Site", "none"), ("Sec-Fetch-Mode", "navigate")), Port));
        Assert.Null(
            LocalRequests.FindProblem(
                Request("GET", host, ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")),
                Port
            )
        );
    }

    [Theory]
    [InlineData("attacker.example")]
    [InlineData("attacker.example:7071")]
    [InlineData("localhost.attacker.example:7071")]
    [InlineData("127.0.0.1.attacker.example:7071")]
    [InlineData("localhost.:7071")]
    [InlineData("0.0.0.0:7071")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:7072")]
    [InlineData("localhost:80")]
    [InlineData("[::]:7071")]
    [InlineData("")]
    public void Request_for_another_host_is_refused(string host) =>
        Assert.Contains("127.0.0.1:7071", LocalRequests.FindProblem(Request("GET", host), Port), StringComparison.Ordinal);

    [Theory]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("http://attacker.example")]
    [InlineData("http://attacker.example:7071")]
    [InlineData("http://localhost:3000")]
    [InlineData("http://localhost")]
    [InlineData("https://localhost:7071")]
    [InlineData("http://localhost:7071.attacker.example")]
    [InlineData("http://localhost:7071, http://attacker.example")]
    public void Request_of_a_page_of_another_origin_is_refused(string origin) =>
        Assert.Contains(
            "Origin",
            LocalRequests.FindProblem(Request("POST", "localhost:7071", ("Origin", origin)), Port),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("cross-site", "no-cors", "image")]
    [InlineData("same-site", "no-cors", "script")]
    [InlineData("cross-site", "navigate", "iframe")]
    public void Request_that_another_sites_page_makes_without_an_origin_is_refused(string site, string mode, string destination) =>
        Assert.Contains(
            "Sec-Fetch-Site",
            LocalRequests.FindProblem(
                Request("GET", "localhost:7071", ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", destination)),
                Port
            ),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/api/evaluations")]
    [InlineData("POST", "/api/evaluations")]
    [InlineData("POST", "/admin/functions/ReconcileRuns")]
    [InlineData("GET", "/no/such/route")]
    public async Task Running_app_refuses_a_rebound_name_and_a_foreign_page(string method, string path)
    {
        using var http = _app.Http;
        foreach (
            var (header, value) in new[]
            {
                ("Host", $"attacker.example:{_app.Host.AppUrl.Port}"),
                ("Origin", "https://attacker.example"),
                ("Origin", "null"),
            }
        )
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            request.Headers.TryAddWithoutValidation(header, value);
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
            Assert.Equal(
                "foreign_request",
                (string?)(await response.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!["code"]
            );
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        }
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData(null)]
    public async Task Body_that_a_page_may_send_unasked_is_refused_with_415_and_the_fix(string? type)
    {
        using var http = _app.Http;
        foreach (
            var path in new[]
            {
                "/api/evaluations",
                "/api/evaluations/ev-1/resume",
                "/api/evaluations/ev-1/cancel",
                "/api/webhooks/openai",
                "/api/webhooks/eventgrid",
            }
        )
        {
            using var content = new ByteArrayContent("""{ "dataset": "a/b.jsonl" }"""u8.ToArray());
            if (type is not null)
            {
                content.Headers.TryAddWithoutValidation("Content-Type", type);
            }

            using var response = await http.PostAsync(path, content, TestContext.Current.CancellationToken);

            Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
            Assert.Contains(
                "application/json",
                await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
                StringComparison.Ordinal
            );
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[null]")]
    [InlineData("3")]
    [InlineData("{")]
    [InlineData("\"text\"")]
    [InlineData("{ \"dataset\": \"\\ud800\", \"maxCost\": \"\\ud800\" }")]
    [InlineData("{ \"dataset\": [], \"maxCost\": [] }")]
    public async Task Body_that_is_no_request_is_refused_with_400_and_the_fix(string body)
    {
        using var http = _app.Http;
        foreach (var path in new[] { "/api/evaluations", "/api/evaluations/ev-1/resume" })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await http.PostAsync(path, content, TestContext.Current.CancellationToken);
            var answer = await response.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken);

            Assert.Equal((HttpStatusCode.BadRequest, "invalid_body"), (response.StatusCode, (string?)answer!["code"]));
            Assert.DoesNotContain("line ,", (string?)answer["detail"], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("GET", "/", 200)]
    [InlineData("GET", "/dashboard/dashboard.js", 200)]
    [InlineData("GET", "/dashboard/views/runs.js", 200)]
    [InlineData("GET", "/dashboard/none.js", 404)]
    [InlineData("GET", "/dashboard/views/..%2F..%2Fopenapi.json", 404)]
    [InlineData("GET", "/api/evaluations", 200)]
    [InlineData("GET", "/api/evaluations/ev-1/samples", 404)]
    [InlineData("GET", "/api/openapi.json", 200)]
    [InlineData("POST", "/api/webhooks/openai", 401)]
    [InlineData("GET", "/no/such/route", 404)]
    [InlineData("GET", "/runtime/webhooks/durabletask/instances", 404)]
    [InlineData("POST", "/runtime/webhooks/durabletask/instances/ev-1/terminate", 404)]
    public async Task Every_answer_forbids_to_guess_its_type_and_instances_are_not_managed_here(string method, string path, int status)
    {
        using var http = _app.Http;
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal((status, "nosniff"), ((int)response.StatusCode, Assert.Single(response.Headers.GetValues("X-Content-Type-Options"))));
    }

    [Theory]
    [InlineData("PUT", "/api/datasets/large/a.jsonl", 111, false)]
    [InlineData("PUT", "/api/datasets/large/a.jsonl", 111, true)]
    [InlineData("PUT", "/api/datasets/large/a.jsonl", 105, false)]
    [InlineData("PUT", "/api/datasets/large/a.jsonl", 105, true)]
    [InlineData("POST", "/api/evaluations", 40, false)]
    [InlineData("POST", "/api/evaluations", 40, true)]
    public async Task Body_over_the_limit_of_host_or_function_is_answered_with_413(
        string method,
        string path,
        int megabytes,
        bool isChunked
    )
    {
        using var http = _app.Http;
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = new RepeatedContent(megabytes << 20, isChunked),
        };
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal(
            "body_too_large",
            (string?)(await response.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!["code"]
        );
    }

    [Fact]
    public async Task Storage_and_sample_models_refuse_web_pages_too()
    {
        await using var models = await SampleModelServer.StartAsync(
            RepositoryLayout.SamplesDirectory,
            port: 0,
            TestContext.Current.CancellationToken
        );
        var storage = new Uri(
            _app.Host.StorageConnectionString.Split(';').Single(part => part.StartsWith("BlobEndpoint=", StringComparison.Ordinal))[
                "BlobEndpoint=".Length..
            ]
        );
        foreach (var (address, refusal) in new[] { (models.Endpoint, "foreign_request"), (storage, "not for web pages") })
        {
            foreach (
                var header in new[]
                {
                    $"Host: devstoreaccount1.attacker.example:{address.Port}",
                    $"Host: 127.0.0.1:{address.Port}\r\nOrigin: null",
                }
            )
            {
                var answer = await AnswerAsync(address, header);
                Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
                Assert.Contains(refusal, answer, StringComparison.Ordinal);
            }
            Assert.DoesNotContain(refusal, await AnswerAsync(address, $"Host: localhost:{address.Port}"), StringComparison.Ordinal);
        }
    }

    private static HttpRequest Request(string method, string host, params (string Name, string Value)[] headers)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = method;
        request.Host = new HostString(host);
        foreach (var (name, value) in headers)
        {
            request.Headers[name] = value;
        }

        return request;
    }

    private static async Task<string> AnswerAsync(Uri address, string headers)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"GET /devstoreaccount1?comp=list HTTP/1.1\r\n{headers}\r\nConnection: close\r\n\r\n"),
            TestContext.Current.CancellationToken
        );
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Many spaces, of which few are held.</summary>
    private sealed class RepeatedContent : HttpContent
    {
        private static readonly byte[] Piece = [.. Enumerable.Repeat((byte)' ', 1 << 16)];
        private readonly long _bytes;
        private readonly bool _isChunked;

        public RepeatedContent(long bytes, bool isChunked)
        {
            (_bytes, _isChunked) = (bytes, isChunked);
            Headers.ContentType = new("application/json");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (var sent = 0L; sent < _bytes; sent += Piece.Length)
            {
                await stream.WriteAsync(Piece);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _bytes;
            return !_isChunked;
        }
    }
}
