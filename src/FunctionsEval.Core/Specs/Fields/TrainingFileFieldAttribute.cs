using FunctionsEval.Core.Datasets;
using FunctionsEval.Core.OptionReading;
using FunctionsEval.Core.OptionReading.Fields;

namespace FunctionsEval.Core.Specs.Fields;

/// <summary>A blob name relative to the suite's folder.</summary>
internal sealed class TrainingFileFieldAttribute : TextFieldAttribute
{
    public override object? Read(OptionReader owner, string name, Type type)
    {
        if (owner.Text(name, MaxLength, canBeEmpty: false) is not { } file)
        {
            return null;
        }

        if (file.StartsWith('/') || file.Contains("://") || file.Split('/')[^1] is "" or ".")
        {
            throw owner.Error(name, "must be a blob name relative to the suite's folder, without '..'.");
        }

        return BlobNames.FindProblem(DatasetNames.WithoutEmptyParts(file)) is { } problem
            ? throw owner.Error(name, $"{problem}: it must be a blob name relative to the suite's folder, without '..'.")
            : file;
    }
}
