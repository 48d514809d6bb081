using System.ComponentModel.DataAnnotations;
using FunctionsEval.Functions.Webhooks;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.HttpGraders;

/// <summary>App settings <c>Graders__…</c>: HTTP endpoints that grade answers. <c>{name}</c> is the endpoint's name in specs.</summary>
internal sealed class HttpGraderOptions
{
    public const string Section = "Graders";

    /// <summary>The endpoints, by the name that specs use.</summary>
    public Dictionary<string, HttpGraderTarget> Http { get; } = new(StringComparer.OrdinalIgnoreCase);
}

/// <summary>One endpoint that grades answers.</summary>
internal sealed class HttpGraderTarget
{
    /// <summary>Where it is: an https address (http on this machine only). Redirects are not followed.</summary>
    [Required]
    public Uri? Url { get; set; }

    /// <summary>
    /// What requests are signed with: <c>whsec_</c> and the base64 of 24 to 64 random bytes. With two, separated by a space, requests carry
    /// a signature of each, while one takes the other's place.
    /// </summary>
    [Required]
    public string? Secret { get; set; }

    /// <summary>How long one request may take. Default 30 s.</summary>
    [Range(
        typeof(TimeSpan),
        "00:00:00.1",
        "00:03:00",
        ConvertValueInInvariantCulture = true,
        ParseLimitsInInvariantCulture = true,
        ErrorMessage = "write a time from 00:00:00.1 to 00:03:00."
    )]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Answers in one request; fewer where they have more than 4 MiB. Default 16.</summary>
    [Range(1, 256, ErrorMessage = "write a whole number from 1 to 256.")]
    public int MaxBatch { get; set; } = 16;

    /// <summary>Requests under way at once, of each instance of the app. Default 2.</summary>
    [Range(1, 64, ErrorMessage = "write a whole number from 1 to 64.")]
    public int MaxConcurrency { get; set; } = 2;

    /// <summary>
    /// Attempts of a request that gets no scores: no connection, no answer in time, 408, 425, 429, 5xx, an answer that cannot be read.
    /// Default 4.
    /// </summary>
    [Range(1, 20, ErrorMessage = "write a whole number from 1 to 20.")]
    public int MaxAttempts { get; set; } = 4;
}

/// <summary>Names each setting that cannot be used, with the fix.</summary>
internal sealed class HttpGraderOptionsValidator : IValidateOptions<HttpGraderOptions>
{
    public ValidateOptionsResult Validate(string? name, HttpGraderOptions options)
    {
        var failures = new List<string>();
        foreach (var (grader, target) in options.Http)
        {
            var setting = $"{HttpGraderOptions.Section}__Http__{grader}__";
            failures.AddRange(SignedRequest.FindProblems(setting, target.Url, target.Secret));
            List<ValidationResult> results = [];
            Validator.TryValidateObject(target, new ValidationContext(target), results, validateAllProperties: true);
            failures.AddRange(
                results
                    .Where(result => !result.MemberNames.Any(member => member is nameof(target.Url) or nameof(target.Secret)))
                    .Select(result => $"{setting}{result.MemberNames.First()}: {result.ErrorMessage}")
            );
        }

        return failures.Count > 0 ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }
}
