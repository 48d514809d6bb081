using FunctionsEval.Functions.ModelClients.Protocols;
using FunctionsEval.Functions.ModelClients.Providers;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>
/// Reads where a model is: its endpoint, and the deployment, version and API that its address may name as well as its settings.
/// </summary>
internal sealed class ModelAddressReader(ModelSettings settings, ModelProvider provider)
{
    /// <summary>Where a model is.</summary>
    /// <param name="Endpoint">The endpoint's root.</param>
    /// <param name="ApiVersion">The version that requests name.</param>
    /// <param name="Deployment">Deployment or model id.</param>
    /// <param name="Api">The API used.</param>
    public readonly record struct Address(Uri Endpoint, string ApiVersion, string Deployment, ModelProtocol Api);

    private static readonly EndpointReading Unknown = new(new Uri("https://invalid"), ModelOptions.DefaultApiVersion);

    /// <summary>Reads it; what cannot be used is a failure of the settings.</summary>
    /// <param name="name">The model's name.</param>
    public Address Read(string name)
    {
        var endpoint = ReadEndpoint(ReadApiVersion()) ?? Unknown;
        return new Address(endpoint.Endpoint, endpoint.ApiVersion, ReadDeployment(name, endpoint) ?? "", ReadApi(endpoint));
    }

    private string? ReadApiVersion()
    {
        var version = settings.Text(nameof(ModelOptions.ApiVersion))?.ToLowerInvariant();
        if (version is null || ApiVersions.IsValid(version))
        {
            return version;
        }

        settings.Fail(nameof(ModelOptions.ApiVersion), ApiVersions.Expected);
        return null;
    }

    private EndpointReading? ReadEndpoint(string? apiVersion)
    {
        if (settings.Text(nameof(ModelOptions.Endpoint)) is not { } text)
        {
            if (provider.DefaultEndpoint is { } known)
            {
                return new EndpointReading(known, apiVersion ?? ModelOptions.DefaultApiVersion);
            }

            settings.Fail(nameof(ModelOptions.Endpoint), provider.MissingEndpoint);
            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http"))
        {
            settings.Fail(
                nameof(ModelOptions.Endpoint),
                "not an absolute address; write one such as https://my-resource.openai.azure.com."
            );
            return null;
        }

        var reading = provider.ReadEndpoint(address, apiVersion, settings.NameOf);
        if (reading.Problem is not { } problem)
        {
            return reading;
        }

        settings.Fail(nameof(ModelOptions.Endpoint), problem);
        return null;
    }

    private string? ReadDeployment(string name, EndpointReading endpoint)
    {
        var written = settings.Text(nameof(ModelOptions.Deployment));
        if (endpoint.Deployment is { } named && written is not null && !string.Equals(named, written, StringComparison.OrdinalIgnoreCase))
        {
            settings.Fail(
                nameof(ModelOptions.Endpoint),
                $"is that of deployment '{named}', but {settings.NameOf(nameof(ModelOptions.Deployment))} is '{written}'; "
                    + "write the same in both, or end the address before /openai."
            );
            return null;
        }

        var deployment = written ?? endpoint.Deployment;
        if (deployment is null)
        {
            settings.Fail(nameof(ModelOptions.Deployment), provider.MissingDeployment);
        }
        else if (name.Contains('*') != deployment.Contains('*'))
        {
            settings.Fail(
                nameof(ModelOptions.Deployment),
                name.Contains('*')
                    ? "has no '*'; a template's deployment has one, in place of the end of the model's name."
                    : "has a '*', but the model's name has none; a template has it in both."
            );
        }

        return deployment;
    }

    private ModelProtocol ReadApi(EndpointReading endpoint)
    {
        var before = settings.Failures;
        var written = settings.Choice(nameof(ModelOptions.Api), ModelProtocols.All);
        if (endpoint.Api is not { } named || settings.Failures > before)
        {
            return written ?? ModelProtocols.Default;
        }

        if (written is not null && written != named)
        {
            settings.Fail(
                nameof(ModelOptions.Endpoint),
                $"ends in /{named.Route}, but {settings.NameOf(nameof(ModelOptions.Api))} is {written}; write {named} there, or end the "
                    + $"address before /{named.Route}."
            );
        }

        return named;
    }
}
