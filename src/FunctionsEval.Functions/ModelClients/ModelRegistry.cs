using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace FunctionsEval.Functions.ModelClients;

/// <summary>
/// All configured models by name. A model whose name has a <c>*</c> is a template: <c>tuned/*</c> with deployment <c>*</c> stands for
/// <c>tuned/ft-1</c> with deployment <c>ft-1</c>, and for every other deployment of that endpoint.
/// </summary>
internal sealed partial class ModelRegistry
{
    private readonly Dictionary<string, ModelOptions> _options = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, ConfiguredModel> _models = new(StringComparer.OrdinalIgnoreCase);
    private readonly Func<ModelOptions, ConfiguredModel> _create;

    /// <summary>Creates a registry.</summary>
    /// <param name="options">The configured models.</param>
    /// <param name="create">Creates a model's shared state, once a name.</param>
    /// <exception cref="ArgumentException">Two models have the same name.</exception>
    public ModelRegistry(IEnumerable<ModelOptions> options, Func<ModelOptions, ConfiguredModel> create)
    {
        _create = create;
        foreach (var model in options)
        {
            _options.Add(model.Name, model);
        }
    }

    /// <summary>The configured names, in the order of the configuration.</summary>
    public IReadOnlyCollection<string> Names => _options.Keys;

    /// <summary>The configured models, templates among them.</summary>
    public IReadOnlyCollection<ModelOptions> Options => _options.Values;

    /// <summary>Finds a model by name, without regard to case.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out ConfiguredModel? model)
    {
        if (_models.TryGetValue(name, out model))
        {
            return true;
        }

        if (Find(name) is not { } options)
        {
            return false;
        }

        model = _models.GetOrAdd(options.Name, _ => _create(options));
        return true;
    }

    /// <summary>The name under which a template's model for a deployment is found.</summary>
    public static string NameOf(string template, string deployment) => template.Replace("*", deployment, StringComparison.Ordinal);

    /// <summary>
    /// The name under which a model is configured: its template's name for any deployment. A model that is not configured keeps its own
    /// name.
    /// </summary>
    public string LineOf(string name) =>
        _options.ContainsKey(name) || name.Contains('*') ? name : FindTemplate(name)?.Template.Name ?? name;

    /// <summary>The deployment that a model is called by; null for one that is not configured.</summary>
    public string? FindDeployment(string? name) => name is null ? null : Find(name)?.Deployment;

    private ModelOptions? Find(string name)
    {
        if (name.Contains('*'))
        {
            return null;
        }

        if (_options.TryGetValue(name, out var options))
        {
            return options;
        }

        return FindTemplate(name) is var (template, deployment)
            ? template with
            {
                Name = name,
                Deployment = NameOf(template.Deployment, deployment),
            }
            : null;
    }

    private (ModelOptions Template, string Deployment)? FindTemplate(string name)
    {
        foreach (var template in _options.Values.Where(candidate => candidate.IsTemplate))
        {
            var parts = template.Name.Split('*');
            if (
                name.Length > template.Name.Length - 1
                && name.StartsWith(parts[0], StringComparison.OrdinalIgnoreCase)
                && name.EndsWith(parts[1], StringComparison.OrdinalIgnoreCase)
                && name[parts[0].Length..(name.Length - parts[1].Length)] is var deployment
                && DeploymentPattern().IsMatch(deployment)
            )
            {
                return (template, deployment);
            }
        }

        return null;
    }

    /// <summary>What a deployment's name or a fine-tuned model's id consists of.</summary>
    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._:-]{0,199}\z")]
    private static partial Regex DeploymentPattern();
}
