using System.Globalization;
using FunctionsEval.Core.Checks;
using FunctionsEval.Core.Costs;
using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.Metrics;
using FunctionsEval.Core.Metrics.Words;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.Results;
using FunctionsEval.Core.Scoring;
using FunctionsEval.Core.Specs;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.LocalHost.Validation;

/// <summary>
/// Looks at a dataset and its spec as the app would, without it: the same readers, the same look at the beginning, the same training rows,
/// the same prompts. Nothing is sent.
/// </summary>
/// <param name="prices">The models that are configured here.</param>
internal sealed class DatasetValidator(ModelPrices prices)
{
    private static readonly PromptTokens Tokens = new();

    /// <summary>Looks at a dataset.</summary>
    /// <param name="file">Its file.</param>
    /// <param name="specFile">The spec to apply; null for the one that lies beside it or above.</param>
    /// <param name="root">The folder above which no spec is looked for; null for some levels.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LocalHostException">The file is no dataset by its name.</exception>
    public async Task<FileValidation> CheckAsync(string file, string? specFile, string? root, CancellationToken cancellationToken)
    {
        var place = LocalSpec.Find(file, root);
        var found = new FileValidation { File = file, Spec = specFile ?? place.Path };
        switch (DatasetNames.Classify(place.Name))
        {
            case DatasetNameKind.Unsupported unsupported:
                var why = DatasetNames.Describe(place.Name, unsupported, await ReadHeadAsync(file, cancellationToken));
                return found with { Failure = new RunFailure("unsupported_format", $"{file}: {why}") };
            case DatasetNameKind.Invalid invalid:
                return found with { Failure = new RunFailure("invalid_name", $"{file}: {invalid.Message}") };
            case DatasetNameKind.Dataset kind:
                found = found with { Format = kind.Packing is null ? kind.Format.Name : $"{kind.Format.Name} ({kind.Packing.Name})" };
                return await CheckAsync(found, place, kind, specFile, cancellationToken);
            case DatasetNameKind.Spec:
                throw new LocalHostException($"{file} is a spec. Name the dataset that it applies to, or its folder.");
            default:
                throw new LocalHostException($"{file} is no dataset: name a file that ends in {DatasetFormatCatalog.Extensions}.");
        }
    }

    private async Task<FileValidation> CheckAsync(
        FileValidation found,
        LocalSpec place,
        DatasetNameKind.Dataset kind,
        string? specFile,
        CancellationToken cancellationToken
    )
    {
        if (found.Spec is null)
        {
            return found with
            {
                Failure = new RunFailure(
                    "no_spec",
                    $"{found.File} has no evaluation spec: there is no evaluation.json beside it or above. Write one with 'new {found.File}'."
                ),
            };
        }

        // A spec that is given counts as the dataset's own.
        var specName = specFile is null ? place.SpecName! : DatasetNames.SpecCandidates(place.Name)[0];
        var (spec, failure) = ReadSpec(found.Spec, specName, place.Name);
        if (spec is null)
        {
            return found with { Failure = failure };
        }

        found = found with { Task = spec.Task.Name, Failure = failure, Warnings = [.. SpecWarnings.Of(spec, prices)] };
        var training = DatasetNames.TrainingFileOf(specName, spec.TrainingFile);
        if (training == place.Name)
        {
            return found with
            {
                Failure = new RunFailure("training_file", $"{found.Spec} names this file as its trainingFile, which is not evaluated."),
            };
        }

        try
        {
            await using var text = await LocalDataset.OpenAsync(found.File, kind, LocalDataset.MaxUnpackedBytes, cancellationToken);
            return await CheckAsync(found, text, kind.Format, spec, training, place, cancellationToken);
        }
        catch (DatasetException unreadable)
        {
            return found with { Failure = InvalidDataset($"{found.File}: {unreadable.Message}") };
        }
    }

    private async Task<FileValidation> CheckAsync(
        FileValidation found,
        LocalDataset text,
        DatasetFormat format,
        EvaluationSpec spec,
        string? training,
        LocalSpec place,
        CancellationToken cancellationToken
    )
    {
        var options = spec.ReadOptions(format);
        var misfit = await ProbeAsync(found.File, text, options, spec, cancellationToken);
        var (finding, index, examples) = training is null
            ? (null, null, [])
            : await LocalTraining.ReadAsync(spec.TrainingFile!, training, place.Folder, spec, cancellationToken);
        var calls = new SampleCalls(spec, examples, Tokens);
        var check = new DatasetCheck(spec, calls, index, new LocalImages(place.Folder, place.Name).FindProblem);
        var costs = new CostCounting(spec, calls, prices);
        var end =
            spec.Limits.MaxRows is { } rows && text.Length > 0
                ? await format.EndOfAsync(text.ReadAsync, text.Length, rows, cancellationToken)
                : text.Length;
        try
        {
            await foreach (var row in options.CreateReader().ReadAsync(text.ReadAsync, end, cancellationToken))
            {
                if (check.Add(row) is { } sample)
                {
                    costs.Add(sample);
                }
            }
        }
        catch (DatasetException unreadable)
        {
            return found with { Training = finding, Failure = misfit ?? InvalidDataset($"{found.File}: {unreadable.Message}") };
        }

        var unknown = check.HasFound(MalformedReasons.UnknownLabel)
            ? await FindUnknownLabelsAsync(text, end, format, spec, cancellationToken)
            : [];
        var report = check.Finish(unknown);
        return found with
        {
            Dataset = report,
            Training = finding,
            Cost = costs.Finish(report.Samples),
            Failure = found.Failure ?? misfit ?? FewShotFailure(spec, finding) ?? MalformedFailure(found.File, spec, report),
            Warnings = [.. found.Warnings, .. SpecWarnings.Of(spec, report, finding)],
        };
    }

    private static (EvaluationSpec? Spec, RunFailure? Failure) ReadSpec(string path, string specName, string dataset)
    {
        EvaluationSpec spec;
        try
        {
            using var file = File.OpenRead(path);
            spec = SpecReader.Read(file, Path.GetFileName(path));
            var metrics = MetricCatalog.Create(spec.Task, spec.Metrics, spec.MetricSettings);
            Scoreboard.CheckSize(metrics, spec.Intervals);
        }
        catch (SpecException invalid)
        {
            return (null, new RunFailure("invalid_spec", invalid.Message));
        }
        catch (OptionException invalid)
        {
            return (null, new RunFailure("invalid_spec", $"{Path.GetFileName(path)}: {invalid.Message}"));
        }

        return spec.Suite is not null && DatasetNames.IsOwnSpec(specName, dataset)
            ? (
                spec,
                new RunFailure("invalid_spec", $"{Path.GetFileName(path)}: $.suite: belongs to the {DatasetNames.SpecName} of a folder.")
            )
            : (spec, null);
    }

    /// <summary>What a look at the beginning finds, before a run pays its first call.</summary>
    private static async Task<RunFailure?> ProbeAsync(
        string file,
        LocalDataset text,
        DatasetReadOptions options,
        EvaluationSpec spec,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await DatasetProbe.CheckAsync(text.ReadAsync, text.Length, file, options, spec.Limits.MaxMalformedShare, cancellationToken);
            return null;
        }
        catch (DatasetException misfit)
        {
            return InvalidDataset(misfit.Message);
        }
    }

    private static async Task<IReadOnlyList<UnknownLabel>> FindUnknownLabelsAsync(
        LocalDataset text,
        long end,
        DatasetFormat format,
        EvaluationSpec spec,
        CancellationToken cancellationToken
    )
    {
        var unknown = new UnknownLabels(spec);
        await foreach (var row in UnknownLabels.OptionsOf(spec, format).CreateReader().ReadAsync(text.ReadAsync, end, cancellationToken))
        {
            unknown.Add(row);
        }

        return unknown.ToList();
    }

    private static RunFailure? FewShotFailure(EvaluationSpec spec, TrainingFinding? training) =>
        spec.Prompt.FewShot is { } fewShot && training is { Examples: 0 }
            ? new RunFailure(
                "training_file",
                $"prompt.fewShot: {training.Unchecked ?? $"{training.File} has no row that can be an example."} "
                    + $"The spec asks for {fewShot.Count} examples."
            )
            : null;

    /// <summary>As a run counts: each answer of a sample, and a malformed row once.</summary>
    private static RunFailure? MalformedFailure(string file, EvaluationSpec spec, DatasetReport report)
    {
        var total = (report.Samples * spec.Repeats) + report.Malformed;
        return report.Malformed <= total * spec.Limits.MaxMalformedShare
            ? null
            : RunFailure.TooManyMalformed(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{file}: {report.Malformed} of {total} rows are malformed, and limits.maxMalformedShare is {new NumberText(MetricUnit.Share).Bound(spec.Limits.MaxMalformedShare)}. Fix the rows, or raise limits.maxMalformedShare in the spec."
                )
            );
    }

    private static RunFailure InvalidDataset(string message) => new("invalid_dataset", message);

    private static async Task<byte[]> ReadHeadAsync(string path, CancellationToken cancellationToken)
    {
        var head = new byte[DatasetProbe.HeadBytes];
        await using var file = File.OpenRead(path);
        return head[..await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken)];
    }
}
