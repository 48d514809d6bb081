namespace FunctionsEval.Core.Datasets;

/// <summary>The advice for each reason why rows are malformed.</summary>
internal static class MalformedFix
{
    /// <summary>The advice as a sentence with a space before it; empty where the problem needs none.</summary>
    public static string For(string reason) =>
        reason switch
        {
            MalformedReasons.UnknownLabel => " Add it to the spec's `labels`, or say in `columns.reference` which field holds the label.",
            MalformedReasons.MissingReference =>
                " Say in the spec's `columns.reference` which field holds the reference, or ask for metrics that need none.",
            MalformedReasons.ReferenceNotJson =>
                " Write it as one JSON object or list, or name the fields that have its members in the spec's `columns.reference`.",
            MalformedReasons.MissingInput =>
                " Say in the spec's `columns.input` which field holds the input, or make the prompt from other fields in `prompt.user`.",
            MalformedReasons.InvalidImage =>
                " Use an https address, a data URI, or the name of a blob in the dataset's folder, such as images/1.png.",
            MalformedReasons.SeveralReferences => " Keep one label a row, or use the task multi_label.",
            MalformedReasons.InvalidUtf8 => " Save the file as UTF-8, for example with `iconv -f WINDOWS-1252 -t UTF-8`.",
            MalformedReasons.InvalidJson or MalformedReasons.NotAnObject =>
                " Put one JSON object on each line, for example with `jq -c .`.",
            MalformedReasons.FieldCount or MalformedReasons.BadQuotes or MalformedReasons.UnterminatedQuote =>
                " Quote fields that hold delimiters, quotes or line ends, and double the quotes inside them.",
            MalformedReasons.StrayQuote => " Double a quote that is part of a text and put the whole text in quotes, or take it out. "
                + "If the text does span these lines, write the dataset as JSONL.",
            MalformedReasons.StrayCarriageReturn => " End lines with LF or CRLF.",
            _ => "",
        };
}
