using System.Globalization;

namespace FunctionsEval.Core.Import;

/// <summary>Chooses one of the evals or runs that a file holds.</summary>
internal static class SavedChoice
{
    /// <summary>The eval with an id, or the only one.</summary>
    /// <param name="evals">The evals.</param>
    /// <param name="id">The id that was asked for, or that the run names; null for none.</param>
    /// <exception cref="ImportException">There is no such eval, or more than one.</exception>
    public static SavedObject Eval(SavedObjects evals, string? id)
    {
        RefuseOther(evals, "eval.run", "The eval is a run; give it with --run, and the eval as EVAL.");
        RefuseOther(
            evals,
            "eval.run.output_item",
            "The eval is a list of output items; give it with --output-items, and the eval as EVAL."
        );
        // The body of POST /v1/evals has no id.
        var found = evals.Items.Where(eval => id is null || eval.Text("id") is not { } own || own == id).ToList();
        return found.Count switch
        {
            1 => found[0],
            0 => throw new ImportException($"The file of evals has none with the id {id}. It has {Names(evals.Items)}."),
            _ => throw new ImportException($"The file holds {found.Count} evals; say which is meant (--eval-id): {Names(found)}."),
        };
    }

    /// <summary>The run with an id, or the newest.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="id">The id that was asked for; null for none.</param>
    /// <param name="evalId">The eval that was asked for; null for none.</param>
    /// <param name="findings">Where the note about the other runs goes.</param>
    /// <exception cref="ImportException">There is no such run.</exception>
    public static SavedObject Run(SavedObjects runs, string? id, string? evalId, ImportFindings findings)
    {
        RefuseOther(runs, "eval", "The run is an eval; give it as EVAL, and a run of it with --run.");
        RefuseOther(
            runs,
            "eval.run.output_item",
            "The run is a list of output items; give it with --output-items, and the run with --run."
        );
        var found = runs
            .Items.Where(run =>
                (id is null || run.Text("id") == id) && (evalId is null || run.Text("eval_id") is not { } of || of == evalId)
            )
            .OrderByDescending(run => run.Number("created_at") ?? 0)
            .ToList();
        if (found.Count == 0)
        {
            throw new ImportException(
                $"The file of runs has none with the id {id ?? $"of the eval {evalId}"}. It has {Names(runs.Items)}."
            );
        }

        if (found.Count > 1)
        {
            findings.Note(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The file holds {found.Count} runs; the newest, {Names(found[..1])}, is taken. "
                        + $"To take another one, name it with --run-id: {Names(found[1..])}."
                )
            );
        }

        return found[0];
    }

    private static void RefuseOther(SavedObjects saved, string type, string message)
    {
        if (saved.Items.Any(item => item.Text("object") == type))
        {
            throw new ImportException(message);
        }
    }

    private static string Names(IReadOnlyList<SavedObject> items) =>
        string.Join(
            ", ",
            items
                .Take(20)
                .Select(item => $"{item.Text("id") ?? "without id"} ({item.Text("name") ?? item.Text("model") ?? "without name"})")
        ) + (items.Count > 20 ? ", …" : "");
}
