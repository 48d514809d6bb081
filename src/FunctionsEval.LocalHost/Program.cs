Console.WriteLine("FunctionsEval");
