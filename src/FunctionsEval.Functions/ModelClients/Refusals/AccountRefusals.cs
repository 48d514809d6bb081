namespace FunctionsEval.Functions.ModelClients.Refusals;

/// <summary>Problems with the account: its credit, its status, its key. No sample is at fault, so the run ends.</summary>
internal static class AccountRefusals
{
    /// <summary>The problem with the account and the setting to change; null when the refusal is about something else.</summary>
    public static ModelCallResult.Misconfigured? Read(EndpointError error, ModelOptions model) =>
        AdviceFor(error, model) is { } advice
            ? new ModelCallResult.Misconfigured($"{model.Setting(nameof(ModelOptions.ApiKey))}: {advice}")
            : null;

    private static string? AdviceFor(EndpointError error, ModelOptions model)
    {
        var what = error.Describe();
        var endpoint = model.Setting(nameof(ModelOptions.Endpoint));
        if (IsQuota(error))
        {
            return $"the account has no quota or credit left ({what}). Check its plan and billing, or use another key.";
        }

        if (IsSuspended(error))
        {
            return $"the account is closed or suspended ({what}). Ask its owner or the provider, or use another key.";
        }

        if (error.Status == 401 && model.Scope is not null)
        {
            return $"the endpoint refused the managed identity ({what}). {model.Provider.IdentityAdvice(model)}";
        }

        if (error.Status != 401 && !IsKey(error))
        {
            return null;
        }

        return model.ApiKey is null
            ? $"no key is set, and the endpoint asks for one ({what}). Set it to the key of {endpoint}."
            : $"the endpoint refused the key ({what}). Check that the key belongs to {endpoint} and has not been revoked.";
    }

    /// <summary>Whether the account has no credit left, rather than being throttled.</summary>
    private static bool IsQuota(EndpointError error) =>
        error.Status == 402
        || error.Is(
            "insufficient_quota",
            "billing_hard_limit_reached",
            "billing_not_active",
            "billing_error",
            "insufficient_balance",
            "insufficient_credits",
            "payment_required",
            "exceeded_current_quota_error",
            "Arrearage",
            "BILLING_DISABLED"
        )
        || error.Begins("Your credit balance is too low", "Insufficient balance", "Insufficient credits")
        // A quota for a day or a month that API Management keeps; the one for a minute is a 429.
        || (error.Status == 403 && error.Begins("Token quota is exceeded", "Out of call volume quota"));

    /// <summary>Whether the account is closed or suspended.</summary>
    private static bool IsSuspended(EndpointError error) =>
        error.Is(
            "account_deactivated",
            "account_suspended",
            "account_disabled",
            "access_terminated",
            "organization_restricted",
            "organization_deactivated",
            "organization_suspended",
            "user_suspended",
            "SubscriptionSuspended",
            "SubscriptionDisabled",
            "SubscriptionNotActive",
            "ReadOnlyDisabledSubscription",
            "AccountDisabled",
            "CONSUMER_SUSPENDED",
            "SERVICE_DISABLED"
        )
        || error.Begins("Organization has been", "This organization has been", "Your account has been", "The account has been")
        // Azure's detection of abuse.
        || error.Begins("Your resource has been temporarily blocked", "The resource has been temporarily blocked");

    /// <summary>Whether the key is invalid, with any status (Gemini answers 400).</summary>
    private static bool IsKey(EndpointError error) =>
        error.Is(
            "API_KEY_INVALID",
            "API_KEY_EXPIRED",
            "invalid_api_key",
            "InvalidApiKey",
            "invalid_authentication",
            "invalid_authentication_error",
            "authentication_error"
        ) || error.Begins("API key not valid", "API key expired", "Incorrect API key", "Invalid API key");
}
