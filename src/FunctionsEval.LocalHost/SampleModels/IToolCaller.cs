namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>A sample model that can call tools.</summary>
internal interface IToolCaller : ISampleModel
{
    /// <summary>Decides what to do about a user's text. The same arguments give the same answer.</summary>
    /// <param name="prompt">The user's text.</param>
    /// <param name="functions">The functions that the request offers; no other is called.</param>
    ToolAnswer Answer(string prompt, IReadOnlySet<string> functions);
}
