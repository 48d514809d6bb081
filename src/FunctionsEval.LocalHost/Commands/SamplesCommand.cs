using System.CommandLine;
using System.Text.Json;
using FunctionsEval.Core.Results;

namespace FunctionsEval.LocalHost.Commands;

/// <summary><c>samples RUN</c>: prints a run's samples, one JSON object per line.</summary>
internal static class SamplesCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var run = RunArgument.Create();
        var outcome = new Option<string?>("--outcome")
        {
            Description = "Samples with this outcome for either model, for example unparsable.",
            HelpName = "OUTCOME",
        };
        var label = new Option<string?>("--label") { Description = "Samples with this reference.", HelpName = "TEXT" };
        var flip = new Option<string?>("--flip")
        {
            Description = "gained: samples that only the candidate got right; lost: only the baseline.",
            HelpName = "FLIP",
        };
        flip.AcceptOnlyFromAmong("gained", "lost");
        var against = new Option<string?>("--against")
        {
            Description =
                "Another run: samples that are right in one of the two and wrong in the other, with both answers; gained: "
                + "right in RUN only.",
            HelpName = "RUN",
        };
        var size = new Option<int>("--size")
        {
            Description = "How many at most.",
            HelpName = "N",
            DefaultValueFactory = _ => 50,
        };
        var api = new ApiOptions();
        var command = new Command("samples", "List a run's samples, one JSON object per line.")
        {
            run,
            outcome,
            label,
            flip,
            against,
            size,
        };
        api.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var client = api.Connect(parsed);
                var filters = new[] { outcome, label, flip, against }
                    .Select(filter => KeyValuePair.Create(filter.Name[2..], parsed.GetValue(filter)))
                    .ToArray();
                await PrintAsync(client.SamplesAsync(parsed.GetRequiredValue(run), filters, parsed.GetValue(size), cancellationToken));
                return ExitCodes.Pass;
            }
        );
        return command;
    }

    private static async Task PrintAsync(IAsyncEnumerable<SampleResult> samples)
    {
        await foreach (var sample in samples)
        {
            Console.WriteLine(JsonSerializer.Serialize(sample, ResultJson.Options));
        }
    }
}
