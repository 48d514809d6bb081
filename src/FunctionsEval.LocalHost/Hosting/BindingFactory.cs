#pragma warning disable CS0618 // The WebJobs SDK marks the seams for script hosts as not for public use; this is a script host.
using System.Reflection;
using FunctionsEval.LocalHost.Machine;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Host;

namespace FunctionsEval.LocalHost.Hosting;

/// <summary>A binding in the terms of the WebJobs SDK: the attribute that describes it and the .NET type it yields.</summary>
internal sealed record WebJobsBinding(Attribute Attribute, Type ParameterType)
{
    private static readonly MethodInfo BindMethod = typeof(WebJobsBinding).GetMethod(
        nameof(BindToAsync),
        BindingFlags.NonPublic | BindingFlags.Static
    )!;

    /// <summary>Reads the input.</summary>
    public Task<object?> BindAsync(Microsoft.Azure.WebJobs.Binder binder, CancellationToken cancellationToken) =>
        (Task<object?>)BindMethod.MakeGenericMethod(ParameterType).Invoke(null, [binder, Attribute, cancellationToken])!;

    private static async Task<object?> BindToAsync<T>(
        Microsoft.Azure.WebJobs.Binder binder,
        Attribute attribute,
        CancellationToken cancellationToken
    ) => await binder.BindAsync<T>(attribute, cancellationToken);
}

/// <summary>Translates bindings from the app's metadata.</summary>
internal sealed class BindingFactory(IJobHostMetadataProvider provider)
{
    /// <summary>Translates one binding of <paramref name="function"/>.</summary>
    /// <exception cref="LocalHostException">No extension of this host knows the binding.</exception>
    public WebJobsBinding Create(string function, BindingDescription binding)
    {
        var attributeType =
            provider.GetAttributeTypeFromName(binding.Type)
            ?? throw new LocalHostException(
                $"The function {function} uses the binding '{binding.Type}', which the local host does not offer."
            );
        var attribute = provider.GetAttribute(attributeType, binding.Json);
        var parameterType = attribute switch
        {
            HttpTriggerAttribute => typeof(HttpRequest),
            TimerTriggerAttribute => typeof(TimerInfo),
            _ => provider.GetDefaultType(attribute, FileAccess.Read, binding.RequestedType),
        };
        return new WebJobsBinding(attribute, parameterType);
    }
}
