using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Xml.Linq;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace FunctionsEval.Functions.Tests.Storage;

/// <summary>What a storage request meets.</summary>
internal enum Fault
{
    None,

    /// <summary>It is refused with 503 and does nothing.</summary>
    Refused,

    /// <summary>It is carried out, and answered with 503 all the same.</summary>
    RefusedAfterCommit,
}

/// <summary>
/// A storage account in memory: blobs with leases, conditions and append positions, answered as the blob service documents it. Leases
/// follow the clock given.
/// </summary>
internal sealed class MemoryStorage(TimeProvider time) : HttpMessageHandler
{
    private readonly ConcurrentDictionary<string, Blob> _blobs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Blob, string Block), byte[]> _staged = new();
    private int _version;

    /// <summary>Which requests fail, and how; null for none.</summary>
    public Func<HttpRequestMessage, Fault>? Faults { get; set; }

    /// <summary>Which requests get no answer until their sender gives up; null for none.</summary>
    public Func<HttpRequestMessage, bool>? Hangs { get; set; }

    public BlobServiceClient Blobs
    {
        get
        {
            var options = new BlobClientOptions { Transport = Transport() };
            options.Retry.MaxRetries = 0;
            return new BlobServiceClient(new Uri("https://memory.blob.core.windows.net"), options);
        }
    }

    /// <summary>
    /// The account as another process finds it when every process that works on it has just ended: nothing but the bytes, and the leases
    /// are over.
    /// </summary>
    public MemoryStorage AfterCrash()
    {
        var copy = new MemoryStorage(time) { _version = _version };
        foreach (var (name, blob) in _blobs)
        {
            lock (blob)
            {
                copy._blobs[name] = new Blob
                {
                    Bytes = blob.Bytes,
                    ETag = blob.ETag,
                    Blocks = blob.Blocks,
                    Modified = blob.Modified,
                };
            }
        }

        return copy;
    }

    public string TextOf(string name) => System.Text.Encoding.UTF8.GetString(_blobs[name].Bytes);

    /// <summary>Writes a blob as a whole. Blocks that were staged for one of its name are gone, as at the service.</summary>
    public void Write(string name, byte[] bytes, int blocks = 0)
    {
        _blobs[name] = new Blob
        {
            Bytes = bytes,
            ETag = NextETag(),
            Blocks = blocks,
            Modified = time.GetUtcNow(),
        };
        foreach (var staged in _staged.Keys.Where(staged => staged.Blob == name))
        {
            _staged.TryRemove(staged, out _);
        }
    }

    public string ETagOf(string name) => _blobs[name].ETag;

    public byte[] BytesOf(string name) => _blobs[name].Bytes;

    public bool Has(string name) => _blobs.ContainsKey(name);

    public void Delete(string name) => _blobs.TryRemove(name, out _);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Hangs?.Invoke(request) == true)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        var fault = Faults?.Invoke(request) ?? Fault.None;
        if (fault == Fault.Refused)
        {
            return Refuse(HttpStatusCode.ServiceUnavailable, "ServerBusy");
        }

        var response = AnswerBlob(request, request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken));
        return fault == Fault.RefusedAfterCommit ? Refuse(HttpStatusCode.ServiceUnavailable, "ServerBusy") : response;
    }

    private HttpClientTransport Transport() => new(new HttpClient(this, disposeHandler: false));

    private HttpResponseMessage AnswerBlob(HttpRequestMessage request, byte[] body)
    {
        var name = Uri.UnescapeDataString(request.RequestUri!.AbsolutePath[1..]);
        if (request.Method == HttpMethod.Put && Comp(request) is null)
        {
            return Create(name, request, body);
        }

        if (request.Method == HttpMethod.Put && Comp(request) is "block" or "blocklist")
        {
            return Stage(name, request, body);
        }

        if (Comp(request) == "list")
        {
            return List(name, QueryHelpers.ParseQuery(request.RequestUri.Query));
        }

        if (!_blobs.TryGetValue(name, out var blob))
        {
            return Refuse(HttpStatusCode.NotFound, "BlobNotFound");
        }

        lock (blob)
        {
            return (request.Method.Method, Comp(request)) switch
            {
                ("PUT", "lease") => Lease(blob, request),
                ("PUT", "appendblock") => Append(blob, request, body),
                ("DELETE", _) => Remove(name, blob),
                ("GET" or "HEAD", _) => Read(blob, request),
                _ => throw new NotSupportedException($"{request.Method} {request.RequestUri}"),
            };
        }
    }

    private HttpResponseMessage Create(string name, HttpRequestMessage request, byte[] body)
    {
        if (request.Headers.IfNoneMatch.Count > 0 && _blobs.TryGetValue(name, out var known))
        {
            return IsHeld(known)
                ? Refuse(HttpStatusCode.PreconditionFailed, "LeaseIdMissing")
                : Refuse(HttpStatusCode.Conflict, "BlobAlreadyExists");
        }

        Write(name, body);
        return Done(HttpStatusCode.Created, _blobs[name]);
    }

    /// <summary>Blocks appear when a list of them is put, in its order; those that are not in it are gone.</summary>
    private HttpResponseMessage Stage(string name, HttpRequestMessage request, byte[] body)
    {
        if (Comp(request) == "block")
        {
            _staged[(name, QueryHelpers.ParseQuery(request.RequestUri!.Query)["blockid"].ToString())] = body;
            return Done(HttpStatusCode.Created, new Blob { Bytes = [], ETag = NextETag() });
        }

        var blocks = XDocument.Load(new MemoryStream(body)).Root!.Elements().Select(block => (name, block.Value)).ToList();
        if (!blocks.TrueForAll(_staged.ContainsKey))
        {
            return Refuse(HttpStatusCode.BadRequest, "InvalidBlockList");
        }

        Write(name, [.. blocks.SelectMany(block => _staged[block])]);
        return Done(HttpStatusCode.Created, _blobs[name]);
    }

    /// <summary>The blobs of a container below a prefix; with a delimiter those of the folder, and its folders once each.</summary>
    private HttpResponseMessage List(string container, Dictionary<string, StringValues> query)
    {
        var (prefix, delimiter) = (query.GetValueOrDefault("prefix").ToString(), query.GetValueOrDefault("delimiter").ToString());
        var items = _blobs
            .Where(blob => blob.Key.StartsWith($"{container}/{prefix}", StringComparison.Ordinal))
            .Select(blob => (Name: blob.Key[(container.Length + 1)..], blob.Value.ETag, blob.Value.Modified))
            .Select(blob =>
                delimiter.Length > 0 && blob.Name.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal) is var end and >= 0
                    ? new XElement("BlobPrefix", new XElement("Name", blob.Name[..(end + 1)]))
                    : new XElement(
                        "Blob",
                        new XElement("Name", blob.Name),
                        new XElement(
                            "Properties",
                            new XElement("Last-Modified", blob.Modified.ToString("R")),
                            new XElement("Etag", blob.ETag)
                        )
                    )
            )
            .DistinctBy(item => item.ToString())
            .OrderBy(item => (string)item.Element("Name")!, StringComparer.Ordinal);
        return new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StringContent(
                new XElement("EnumerationResults", new XAttribute("ContainerName", container), new XElement("Blobs", items)).ToString(),
                Encoding.UTF8,
                "application/xml"
            ),
        };
    }

    private HttpResponseMessage Remove(string name, Blob blob)
    {
        Delete(name);
        return Done(HttpStatusCode.Accepted, blob);
    }

    private HttpResponseMessage Lease(Blob blob, HttpRequestMessage request)
    {
        var id = Header(request, "x-ms-proposed-lease-id") ?? Header(request, "x-ms-lease-id");
        switch (Header(request, "x-ms-lease-action"))
        {
            case "acquire" when IsHeld(blob) && blob.Lease != id:
                return Refuse(HttpStatusCode.Conflict, "LeaseAlreadyPresent");
            case "renew" when blob.Lease != id || !IsHeld(blob):
                return Refuse(HttpStatusCode.Conflict, "LeaseIdMismatchWithLeaseOperation");
            case "acquire":
                blob.Lease = id;
                blob.LeaseTime = TimeSpan.FromSeconds(int.Parse(Header(request, "x-ms-lease-duration")!, CultureInfo.InvariantCulture));
                break;
            case "release" or "break":
                blob.Lease = null;
                break;
        }

        blob.LeasedAt = time.GetTimestamp();
        var done = Done(
            Header(request, "x-ms-lease-action") switch
            {
                "acquire" => HttpStatusCode.Created,
                "break" => HttpStatusCode.Accepted,
                _ => HttpStatusCode.OK,
            },
            blob
        );
        done.Headers.Add("x-ms-lease-id", id);
        return done;
    }

    private HttpResponseMessage Append(Blob blob, HttpRequestMessage request, byte[] body)
    {
        var id = Header(request, "x-ms-lease-id");
        if (!IsHeld(blob) && id is not null)
        {
            return Refuse(HttpStatusCode.PreconditionFailed, "LeaseNotPresentWithBlobOperation");
        }

        if (IsHeld(blob) && id != blob.Lease)
        {
            return Refuse(HttpStatusCode.PreconditionFailed, id is null ? "LeaseIdMissing" : "LeaseIdMismatchWithBlobOperation");
        }

        if (
            Header(request, "x-ms-blob-condition-appendpos") is { } position
            && int.Parse(position, CultureInfo.InvariantCulture) != blob.Bytes.Length
        )
        {
            return Refuse(HttpStatusCode.PreconditionFailed, "AppendPositionConditionNotMet");
        }

        if (blob.Blocks == 50_000)
        {
            return Refuse(HttpStatusCode.Conflict, "BlockCountExceedsLimit");
        }

        var offset = blob.Bytes.Length;
        blob.Bytes = [.. blob.Bytes, .. body];
        blob.Blocks++;
        blob.ETag = NextETag();
        var done = Done(HttpStatusCode.Created, blob);
        done.Headers.Add("x-ms-blob-append-offset", offset.ToString(CultureInfo.InvariantCulture));
        done.Headers.Add("x-ms-blob-committed-block-count", blob.Blocks.ToString(CultureInfo.InvariantCulture));
        return done;
    }

    private static HttpResponseMessage Read(Blob blob, HttpRequestMessage request)
    {
        if (Header(request, "If-Match") is { } wanted && wanted != blob.ETag)
        {
            return Refuse(HttpStatusCode.PreconditionFailed, "ConditionNotMet");
        }

        var bytes = blob.Bytes;
        var range = Header(request, "x-ms-range") ?? request.Headers.Range?.ToString();
        var done = Done(range is null ? HttpStatusCode.OK : HttpStatusCode.PartialContent, blob);
        if (range is not null)
        {
            var ends = range["bytes=".Length..].Split('-');
            var from = int.Parse(ends[0], CultureInfo.InvariantCulture);
            if (from >= bytes.Length)
            {
                return Refuse(HttpStatusCode.RequestedRangeNotSatisfiable, "InvalidRange");
            }

            var to = ends[1].Length == 0 ? bytes.Length - 1 : Math.Min(bytes.Length - 1, int.Parse(ends[1], CultureInfo.InvariantCulture));
            done.Content = new ByteArrayContent(bytes, from, to - from + 1);
            done.Content.Headers.ContentRange = new ContentRangeHeaderValue(from, to, bytes.Length);
        }
        else
        {
            done.Content = new ByteArrayContent(bytes);
        }

        // It is computed when it is looked at, and else not among the headers.
        done.Content.Headers.ContentLength = done.Content.Headers.ContentLength;
        done.Content.Headers.LastModified = DateTimeOffset.UnixEpoch;
        done.Headers.Add("x-ms-blob-type", "AppendBlob");
        done.Headers.Add("x-ms-blob-committed-block-count", blob.Blocks.ToString(CultureInfo.InvariantCulture));
        return done;
    }

    private bool IsHeld(Blob blob) => blob.Lease is not null && time.GetElapsedTime(blob.LeasedAt) < blob.LeaseTime;

    private string NextETag() => $"\"{Interlocked.Increment(ref _version)}\"";

    private static string? Comp(HttpRequestMessage request) =>
        request
            .RequestUri!.Query.TrimStart('?')
            .Split('&')
            .FirstOrDefault(part => part.StartsWith("comp=", StringComparison.Ordinal))
            ?["comp=".Length..];

    private static string? Header(HttpRequestMessage request, string name) =>
        request.Headers.TryGetValues(name, out var values) ? values.First() : null;

    private static HttpResponseMessage Done(HttpStatusCode status, Blob blob)
    {
        var response = new HttpResponseMessage(status) { Content = new ByteArrayContent([]) };
        response.Headers.ETag = new EntityTagHeaderValue(blob.ETag);
        response.Content.Headers.LastModified = DateTimeOffset.UnixEpoch;
        return response;
    }

    private static HttpResponseMessage Refuse(HttpStatusCode status, string code)
    {
        var response = new HttpResponseMessage(status) { Content = new ByteArrayContent([]) };
        response.Headers.Add("x-ms-error-code", code);
        return response;
    }

    private sealed class Blob
    {
        public required byte[] Bytes { get; set; }

        public required string ETag { get; set; }

        /// <summary>When it was written as a whole.</summary>
        public DateTimeOffset Modified { get; init; }

        /// <summary>Appends it has taken; the service takes 50,000.</summary>
        public int Blocks { get; set; }

        public string? Lease { get; set; }

        public TimeSpan LeaseTime { get; set; }

        public long LeasedAt { get; set; }
    }
}
