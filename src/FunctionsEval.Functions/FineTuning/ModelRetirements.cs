using FunctionsEval.Core.Results;
using FunctionsEval.Functions.ModelClients;
using Microsoft.Extensions.Options;

namespace FunctionsEval.Functions.FineTuning;

/// <summary>When configured models retire, as Azure Resource Manager tells it of their accounts.</summary>
internal sealed class ModelRetirements(ModelRegistry models, IOptions<FineTuningOptions> options, AccountCatalog catalog)
{
    /// <summary>All configured models. One whose account cannot be read says why; it does not hide the others.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<ModelState>> ReadAllAsync(CancellationToken cancellationToken)
    {
        var accounts = new Dictionary<string, Account>(StringComparer.OrdinalIgnoreCase);
        var states = new List<ModelState>();
        foreach (var model in models.Options)
        {
            states.Add(await ReadAsync(model, accounts, cancellationToken));
        }

        return states;
    }

    /// <summary>One model, also one of a template; null for a name that is not configured.</summary>
    /// <param name="name">Its name in specs.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ModelState?> FindAsync(string name, CancellationToken cancellationToken) =>
        models.TryGet(name, out var model)
            ? await ReadAsync(model.Options, new Dictionary<string, Account>(StringComparer.OrdinalIgnoreCase), cancellationToken)
            : null;

    private async Task<ModelState> ReadAsync(ModelOptions model, Dictionary<string, Account> accounts, CancellationToken cancellationToken)
    {
        var state = new ModelState
        {
            Name = model.Name,
            Provider = model.Provider.Name,
            Host = model.Endpoint.Host,
            Deployment = model.Deployment,
        };
        if (!model.Provider.CallsDeployments)
        {
            return state with { NotKnown = $"{model.Provider} has no list of retirement dates; see the provider's page of deprecations." };
        }

        if (model.IsTemplate)
        {
            return state with { NotKnown = "A template stands for many deployments; ask for one of them by its name." };
        }

        if (AccountOf(model) is not { } resourceId)
        {
            return state with
            {
                NotKnown =
                    $"The account is not known: set {model.Setting(nameof(ModelOptions.ResourceId))} to the Azure OpenAI account's resource id.",
            };
        }

        if (!accounts.TryGetValue(resourceId, out var account))
        {
            accounts[resourceId] = account = await ReadAsync(resourceId, cancellationToken);
        }

        return account.Problem is { } problem ? state with { NotKnown = problem } : Describe(state, account);
    }

    private static ModelState Describe(ModelState state, Account account)
    {
        var deployment = account.Deployments.FirstOrDefault(entry =>
            string.Equals(entry.Name, state.Deployment, StringComparison.OrdinalIgnoreCase)
        );
        if (deployment?.Properties?.Model is not { } deployed)
        {
            return state with { NotKnown = $"The account has no deployment '{state.Deployment}'. Check the model's settings." };
        }

        state = state with { Model = deployed.Name, Version = deployed.Version, Sku = deployment.Sku?.Name };
        return Find(deployed, deployment.Sku?.Name, account.Models) is { } entry && RetirementOf(entry, deployment.Sku?.Name) is { } date
            ? state with
            {
                Retires = date,
                RetirementStatus = entry.Deprecation?.Status,
            }
            : state with
            {
                NotKnown = "Azure names no date for this model.",
            };
    }

    /// <summary>The entry of a deployed model that has a date: its own, or for a fine-tuned model that of its base.</summary>
    private static CatalogModel? Find(CatalogModelName deployed, string? sku, IReadOnlyList<CatalogModel> all)
    {
        var own = all.Where(entry => entry.IsSame(deployed)).ToList();
        return own.Find(HasDate)
            ?? own.Select(entry => entry.BaseModel)
                .OfType<CatalogModelName>()
                .Select(origin => all.FirstOrDefault(entry => entry.IsSame(origin) && HasDate(entry)))
                .FirstOrDefault(found => found is not null);

        bool HasDate(CatalogModel entry) => RetirementOf(entry, sku) is not null;
    }

    /// <summary>The earlier of the model's date and that of its SKU; null where neither is told.</summary>
    private static DateTimeOffset? RetirementOf(CatalogModel entry, string? sku)
    {
        var ofSku = entry
            .Skus?.FirstOrDefault(other => sku is not null && string.Equals(other?.Name, sku, StringComparison.OrdinalIgnoreCase))
            ?.DeprecationDate;
        return entry.Deprecation?.Inference is { } ofModel && !(ofSku < ofModel) ? ofModel : ofSku;
    }

    /// <summary>The account of a model: its own setting, or that of the fine-tuning service at the same host.</summary>
    private string? AccountOf(ModelOptions model) =>
        model.ResourceId
        ?? (
            string.Equals(options.Value.Endpoint?.Authority, model.Endpoint.Authority, StringComparison.OrdinalIgnoreCase)
                ? options.Value.ResourceId
                : null
        );

    private async Task<Account> ReadAsync(string resourceId, CancellationToken cancellationToken)
    {
        try
        {
            return new Account(
                await catalog.DeploymentsAsync(resourceId, cancellationToken),
                await catalog.ModelsAsync(resourceId, cancellationToken),
                Problem: null
            );
        }
        catch (FineTuningApiException refused)
        {
            return new Account([], [], refused.Message);
        }
    }

    private sealed record Account(IReadOnlyList<CatalogDeployment> Deployments, IReadOnlyList<CatalogModel> Models, string? Problem);
}
