using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("FunctionsEval.EndToEnd.Tests")]
