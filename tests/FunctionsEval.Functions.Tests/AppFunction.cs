using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsEval.Functions.Tests;

/// <summary>A function of the app, as the host knows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Method">What the host calls.</param>
internal sealed record AppFunction(string Name, MethodInfo Method)
{
    /// <summary>Every function, by the attributes in the app's code.</summary>
    public static IReadOnlyList<AppFunction> All { get; } =
    [
        .. from type in typeof(EvaluationOptions).Assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static)
        let function = method.GetCustomAttribute<FunctionAttribute>()
        where function is not null
        select new AppFunction(function.Name, method),
    ];

    /// <summary>The functions that HTTP triggers.</summary>
    public static IEnumerable<(string Name, HttpTriggerAttribute Trigger)> Http =>
        from function in All
        from parameter in function.Method.GetParameters()
        let trigger = parameter.GetCustomAttribute<HttpTriggerAttribute>()
        where trigger is not null
        select (function.Name, trigger);
}
