namespace FunctionsEval.Core; public static class Placeholder { }
