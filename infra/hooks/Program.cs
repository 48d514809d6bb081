using FunctionsEval.Hooks;

return await HookRunner.RunAsync(
    args,
    new AzureCli("az"),
    new HookEnvironment(Environment.GetEnvironmentVariable),
    TimeProvider.System,
    Console.Out,
    Console.Error
);
