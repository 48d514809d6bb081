using FunctionsEval.Core.Gates;
using FunctionsEval.Functions.Messages;
using FunctionsEval.Functions.Reports;
using FunctionsEval.Functions.Runs;
using FunctionsEval.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.Activities;

/// <summary>The last step of a suite run: verdict, summary, report, then its row. Repeating it changes nothing.</summary>
internal sealed class CommitSuite(SuiteCommit commit, IOptions<EvaluationOptions> options, ILogger<CommitSuite> logger)
{
    [Function(nameof(CommitSuite))]
    public async Task RunAsync([ActivityTrigger] SuiteEnd end, CancellationToken cancellationToken)
    {
        if (await commit.CommitAsync(end, cancellationToken, run => HtmlReport.Write(run, options.Value.Currency)) is { } suite)
        {
            var verdict = suite.Verdict is { } result ? VerdictNames.NameOf(result) : "none";
            logger.SuiteEnded(suite.SuiteRunId, suite.Status.ToString(), verdict);
        }
    }
}
