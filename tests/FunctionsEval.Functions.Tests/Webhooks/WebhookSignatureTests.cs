using System.Globalization;
using System.Text;
using FunctionsEval.Core.Tests.Fuzzing;
using FunctionsEval.Functions.Webhooks;
using StandardWebhooks;

namespace FunctionsEval.Functions.Tests.Webhooks;

/// <summary>
/// Held against the vector of the Standard Webhooks reference libraries and the package StandardWebhooks, an independent implementation.
/// </summary>
public sealed class WebhookSignatureTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const string Body = """{"test": 2432232314}""";
    private const long Seconds = 1614265330;

    private static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeSeconds(Seconds);
    private static readonly WebhookSignature Signature = WebhookSignature.TryCreate(Secret)!;

    [Fact]
    public void Sign_published_vector_gives_its_signature() =>
        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", Signature.Sign(Id, Time, Encoding.UTF8.GetBytes(Body)));

    [Theory]
    [InlineData("""{"type":"fine_tuning.job.succeeded"}""")]
    [InlineData("")]
    [InlineData("äöü 😀")]
    public void Another_implementation_signs_alike_and_accepts_ours(string body)
    {
        var other = new StandardWebhook(Secret);
        var now = DateTimeOffset.UtcNow;

        Assert.Equal(other.Sign(Id, now, body), Signature.Sign(Id, now, Encoding.UTF8.GetBytes(body)));
        Assert.True(IsValid(Id, now.ToUnixTimeSeconds(), other.Sign(Id, now, body), body, now));
    }

    /// <summary>
    /// While a secret takes another's place, deliveries of either are taken, and ours satisfy receivers of either; the package is the
    /// oracle.
    /// </summary>
    [Theory]
    [InlineData(" ")]
    [InlineData(",")]
    [InlineData("; ")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\t")]
    public void Two_secrets_accept_and_sign_for_both(string separator)
    {
        const string Second = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
        var (now, body) = (DateTimeOffset.UtcNow, Encoding.UTF8.GetBytes(Body));
        var both = WebhookSignature.TryCreate(Secret + separator + Second)!;
        foreach (var secret in new[] { Secret, Second })
        {
            var seconds = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            Assert.True(both.IsValid(Id, seconds, new StandardWebhook(secret).Sign(Id, now, Body), body, now));
            Assert.True(WebhookSignature.TryCreate(secret)!.IsValid(Id, seconds, both.Sign(Id, now, body), body, now));
        }

        Assert.False(
            both.IsValid(
                Id,
                now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                new StandardWebhook("whsec_" + new string('A', 32)).Sign(Id, now, Body),
                body,
                now
            )
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw short")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    public void Other_than_one_or_two_secrets_are_none(string secrets) => Assert.Null(WebhookSignature.TryCreate(secrets));

    /// <summary>Whoever does not know the secret may send any headers and body: they are refused, and nothing is thrown.</summary>
    [Fact]
    public void Anything_that_was_not_signed_is_refused() =>
        Fuzz.Run(
            2_000,
            4 << 20,
            random =>
            {
                var body = Fuzz.Mutated(random, Encoding.UTF8.GetBytes(Body));
                var genuine = Signature.Sign(Id, Time, Encoding.UTF8.GetBytes(Body));
                var (id, time, signature) = (Text(Id), Text("1614265330"), Text(genuine));
                // Of three texts that were changed at random, all may be as they were.
                if ((id, time) != (Id, "1614265330") || !body.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(Body)))
                {
                    Assert.False(Signature.IsValid(id, time, signature, body, Time));
                }

                string? Text(string header) =>
                    random.Next(4) == 0
                        ? null
                        : Encoding.UTF8.GetString(
                            Fuzz.Mutated(random, Encoding.UTF8.GetBytes(header), "v1,", " ", "=", "-1", "99999999999999999999", "\0")
                        );
            }
        );

    [Fact]
    public void Any_byte_that_changes_is_refused()
    {
        var signature = Signature.Sign(Id, Time, Encoding.UTF8.GetBytes(Body));
        Assert.True(IsValid(Id, Seconds, signature, Body, Time));
        for (var index = 0; index < Body.Length; index++)
        {
            Assert.False(IsValid(Id, Seconds, signature, Body[..index] + (char)(Body[index] ^ 1) + Body[(index + 1)..], Time));
        }

        Assert.False(IsValid(Id + "x", Seconds, signature, Body, Time));
        Assert.False(IsValid(Id, Seconds + 1, signature, Body, Time));
        Assert.False(
            WebhookSignature
                .TryCreate("whsec_" + Convert.ToBase64String(new byte[24]))!
                .IsValid(Id, Seconds.ToString(CultureInfo.InvariantCulture), signature, Encoding.UTF8.GetBytes(Body), Time)
        );
    }

    [Theory]
    [InlineData(300, true)]
    [InlineData(301, false)]
    [InlineData(-300, true)]
    [InlineData(-301, false)]
    public void Timestamp_may_lie_five_minutes_from_now(int secondsLater, bool expected) =>
        Assert.Equal(
            expected,
            IsValid(Id, Seconds, Signature.Sign(Id, Time, Encoding.UTF8.GetBytes(Body)), Body, Time.AddSeconds(secondsLater))
        );

    [Fact]
    public void One_of_several_signatures_is_enough()
    {
        var signature = Signature.Sign(Id, Time, Encoding.UTF8.GetBytes(Body));
        Assert.True(IsValid(Id, Seconds, "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,abc " + signature, Body, Time));
    }

    [Theory]
    [InlineData("")]
    [InlineData("v1,")]
    [InlineData("v1,not base64")]
    [InlineData("v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=AAAA")]
    [InlineData("v1,Z0hM9SsE")]
    public void What_is_no_signature_is_refused(string signatures) => Assert.False(IsValid(Id, Seconds, signatures, Body, Time));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("now")]
    [InlineData("-1614265330")]
    [InlineData("99999999999999999999")]
    public void What_is_no_timestamp_is_refused(string? timestamp) =>
        Assert.False(
            Signature.IsValid(Id, timestamp, Signature.Sign(Id, Time, Encoding.UTF8.GetBytes(Body)), Encoding.UTF8.GetBytes(Body), Time)
        );

    [Theory]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", true)]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", true)]
    [InlineData("whsec_", false)]
    [InlineData("whsec_c2hvcnQ=", false)]
    [InlineData("sk-not-a-secret-of-this-kind", false)]
    public void TryCreate_takes_24_to_64_bytes_of_base64(string secret, bool expected) =>
        Assert.Equal(expected, WebhookSignature.TryCreate(secret) is not null);

    private static bool IsValid(string id, long timestamp, string signatures, string body, DateTimeOffset now) =>
        Signature.IsValid(id, timestamp.ToString(CultureInfo.InvariantCulture), signatures, Encoding.UTF8.GetBytes(body), now);
}
