using FunctionsEval.Hooks;

namespace FunctionsEval.Functions.Tests.Hooks;

/// <summary>Settings that could never work are refused before anything is deployed, with file, field and fix.</summary>
public sealed class ConfigurationCheckTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("functionseval-check-").FullName;

    [Fact]
    public void Files_of_the_repository_are_right() =>
        Assert.Empty(ConfigurationCheck.Find(Repository.Root, new HookEnvironment(_ => null)));

    [Theory]
    [InlineData("""[{ "name": "m", "deployment": "d" }]""", "{}", "OPENAI_NAME=mine")]
    [InlineData(
        """[{ "name": "m", "deployment": "d", "create": { "model": "gpt", "version": "1", "capacity": 1 } }]""",
        "{}",
        "CREATE_OPENAI=true"
    )]
    [InlineData("""[{ "name": "m", "provider": "OpenAICompatible", "endpoint": "https://x.example/v1", "deployment": "d" }]""", "{}", "")]
    [InlineData(
        """[{ "name": "m", "provider": "OpenAI", "endpoint": "https://api.openai.com/v1", "deployment": "d", "apiKeySecretUri": "https://v.vault.azure.net/secrets/k" }]""",
        "{}",
        ""
    )]
    [InlineData(
        """[{ "name": "tuned/*", "deployment": "*" }]""",
        """{ "FineTuning__Poll": true }""",
        "OPENAI_NAME=mine FINE_TUNING_MODEL=tuned/* DEPLOY_TUNED_MODELS=true"
    )]
    [InlineData(
        """[{ "name": "tuned/*", "deployment": "*" }]""",
        """{ "FineTuning__WebhookSecret": "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/k)", "ModelCalls__MaxAttempts": 3 }""",
        "OPENAI_NAME=mine FINE_TUNING_MODEL=tuned/*"
    )]
    [InlineData(
        "[]",
        """
            {
              "Notifications__Webhooks__ci__Url": "https://ci.example/hook",
              "Notifications__Webhooks__ci__Secret": "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/ci)"
            }
            """,
        "OPENAI_NAME=mine"
    )]
    public void What_can_work_is_taken(string models, string settings, string variables) => Assert.Empty(Find(models, settings, variables));

    [Theory]
    [InlineData("[\n  { \"name\": \"m\" \"deployment\": \"d\" }\n]", "{}", "", "infra/models.json: line 2, column 17: is no valid JSON.")]
    [InlineData("{}", "{}", "", "infra/models.json: must be a list of models")]
    [InlineData("[5]", "{}", "", "infra/models.json: [0]: must be a model")]
    [InlineData("[]", "[]", "", "infra/settings.json: must be an object")]
    [InlineData("[]", "{ \"a\": }", "", "infra/settings.json: line 1, column 8: is no valid JSON.")]
    [InlineData("[]", "", "", "infra/settings.json: line 1, column 1: is no valid JSON.")]
    [InlineData("[]", "null", "", "infra/settings.json: must be an object")]
    [InlineData("[]", """{ "a": 1, }""", "", "infra/settings.json: line 1, column 11: is no valid JSON.")]
    [InlineData("[]", "{\n// a\n}", "", "infra/settings.json: line 2, column 1: is no valid JSON.")]
    [InlineData("[]", """{ "A\ud800": 1 }""", "", "infra/settings.json: a text or name escapes half a surrogate pair")]
    [InlineData("""[{ "name": "\udc00", "deployment": "d" }]""", "{}", "", "infra/models.json: a text or name escapes half")]
    [InlineData("[]", """{ "A__B": 1, "A__B": 2 }""", "", "infra/settings.json: A__B: is there twice")]
    [InlineData("[]", """{ "A__B": 1, "a__b": 2 }""", "", "infra/settings.json: a__b: is there twice")]
    [InlineData(
        """[{ "name": "m", "deployment": "d" }, { "name": "n", "deployment": "d", "Name": "o" }]""",
        "{}",
        "OPENAI_NAME=mine",
        "infra/models.json: [1]: Name: is there twice"
    )]
    [InlineData(
        """[{ "name": "m", "deployment": "d", "create": { "model": "a", "model": "b" } }]""",
        "{}",
        "CREATE_OPENAI=true",
        "infra/models.json: [0]: create: model: is there twice"
    )]
    [InlineData("""[{ "deployment": "d" }]""", "{}", "OPENAI_NAME=mine", "infra/models.json: [0]: name: missing.")]
    [InlineData("""[{ "name": "m" }]""", "{}", "OPENAI_NAME=mine", "infra/models.json: [0] 'm': deployment: missing.")]
    [InlineData(
        """[{ "name": "m", "deployment": "d" }]""",
        "{}",
        "",
        "infra/models.json: [0] 'm': endpoint: missing, and there is no Azure OpenAI account"
    )]
    [InlineData("""[{ "name": "m", "deployment": "d" }]""", "{}", "CREATE_OPENAI=true", "infra/models.json: [0] 'm': create: missing.")]
    [InlineData(
        """[{ "name": "m", "deployment": "d" }, { "name": "M", "deployment": "e" }]""",
        "{}",
        "OPENAI_NAME=mine",
        "infra/models.json: [1] 'M': name: another model has this name (infra/models.json: [0] 'm')."
    )]
    [InlineData(
        """[{ "name": "a", "deployment": "d", "create": {} }, { "name": "b", "deployment": "d", "create": {} }]""",
        "{}",
        "CREATE_OPENAI=true",
        "infra/models.json: [1] 'b': create: another model creates the deployment 'd' too"
    )]
    [InlineData(
        """[{ "name": "m", "deployment": "d", "apiKey": "sk-1" }]""",
        "{}",
        "OPENAI_NAME=mine",
        "infra/models.json: [0] 'm': apiKey: no key belongs in a file."
    )]
    [InlineData(
        """[{ "name": "m", "deployment": "d", "endPoint2": "x" }]""",
        "{}",
        "OPENAI_NAME=mine",
        "infra/models.json: [0]: endPoint2: no such setting"
    )]
    [InlineData(
        """[{ "name": "m", "deployment": "d", "maxConcurrency": 0 }]""",
        "{}",
        "OPENAI_NAME=mine",
        "infra/models.json: [0]: maxConcurrency: "
    )]
    [InlineData(
        """[{ "name": "m", "deployment": "d", "provider": "Azure" }]""",
        "{}",
        "OPENAI_NAME=mine",
        "infra/models.json: [0]: provider: "
    )]
    [InlineData("""[{ "name": "m", "deployment": "d", "provider": "OpenAICompatible" }]""", "{}", "", "infra/models.json: [0]: endpoint: ")]
    [InlineData(
        "[]",
        "{}",
        "OPENAI_NAME=mine FINE_TUNING_MODEL=tuned/*",
        "infra/models.json: has no model 'tuned/*', which FINE_TUNING_MODEL names."
    )]
    [InlineData(
        """[{ "name": "m", "deployment": "d" }]""",
        "{}",
        "OPENAI_NAME=mine FINE_TUNING_MODEL=m",
        "FINE_TUNING_MODEL: 'm' is no template"
    )]
    [InlineData(
        """[{ "name": "t/*", "deployment": "*", "endpoint": "https://x.openai.azure.com/" }]""",
        "{}",
        "FINE_TUNING_MODEL=t/*",
        "FINE_TUNING_MODEL: there is no Azure OpenAI account"
    )]
    [InlineData("[]", "{}", "DEPLOY_TUNED_MODELS=true", "DEPLOY_TUNED_MODELS: is true without FINE_TUNING_MODEL.")]
    [InlineData("[]", "{}", "CREATE_OPENAI=true OPENAI_NAME=mine", "CREATE_OPENAI: is true, and OPENAI_NAME names the account 'mine'")]
    [InlineData("[]", """{ "Models__9__ApiKey": "sk-1" }""", "", "infra/settings.json: Models__9__ApiKey: no key belongs in a file.")]
    [InlineData(
        "[]",
        """{ "Evaluation": { "MaxUploadBytes": 1 } }""",
        "",
        "infra/settings.json: Evaluation: must be a text, a number, true or false."
    )]
    [InlineData("[]", """{ "ModelCalls__MaxAttempts": 0 }""", "", "infra/settings.json: ")]
    [InlineData("[]", """{ "Evaluation__MaxUploadBytes": "many" }""", "", "infra/settings.json: ")]
    [InlineData("[]", "{}", "VNET_ENABLED=yes", "VNET_ENABLED: is 'yes'; azd would ignore it.")]
    [InlineData("[]", "{}", "MAXIMUM_INSTANCE_COUNT=many", "MAXIMUM_INSTANCE_COUNT: is 'many'; azd would ignore it.")]
    [InlineData("[]", "{}", "ALLOWED_IP_RANGES=203.0.113.0/24", "ALLOWED_IP_RANGES: is no JSON.")]
    public void What_could_never_work_is_refused_with_file_field_and_fix(string models, string settings, string variables, string expected)
    {
        var problems = Find(models, settings, variables);

        Assert.Contains(problems, problem => problem.StartsWith(expected, StringComparison.Ordinal));
        Assert.DoesNotContain(problems, problem => problem.Contains("sk-1", StringComparison.Ordinal));
        Assert.All(problems, problem => Assert.Matches("^(infra/(models|settings)\\.json: |[A-Z_]+: )", problem));
    }

    [Fact]
    public void All_problems_are_told_at_once()
    {
        Write("""[{ "name": "m" }]""", """{ "X__Secret": "y" }""");
        var error = Assert.Throws<HookException>(() => ConfigurationCheck.ThrowIfWrong(_root, new HookEnvironment(_ => null)));

        Assert.StartsWith("Nothing was deployed", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, error.Message.Split('\n').Length);
    }

    [Fact]
    public void Missing_file_is_told()
    {
        Directory.CreateDirectory(Path.Combine(_root, "infra"));

        Assert.Contains(
            ConfigurationCheck.Find(_root, new HookEnvironment(_ => null)),
            problem => problem.StartsWith("infra/models.json: cannot be read", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Folder_in_the_place_of_a_file_is_told()
    {
        Write("[]", "{}");
        File.Delete(Path.Combine(_root, "infra", "settings.json"));
        Directory.CreateDirectory(Path.Combine(_root, "infra", "settings.json"));

        Assert.Contains(
            ConfigurationCheck.Find(_root, new HookEnvironment(_ => null)),
            problem => problem.StartsWith("infra/settings.json: cannot be read", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Byte_order_mark_is_no_problem() => Assert.Empty(Find("\uFEFF[]", "\uFEFF{}", ""));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Write(string models, string settings)
    {
        Directory.CreateDirectory(Path.Combine(_root, "infra"));
        File.Copy(
            Repository.PathOf("infra", "main.parameters.json"),
            Path.Combine(_root, "infra", "main.parameters.json"),
            overwrite: true
        );
        File.WriteAllText(Path.Combine(_root, "infra", "models.json"), models);
        File.WriteAllText(Path.Combine(_root, "infra", "settings.json"), settings);
    }

    private IReadOnlyList<string> Find(string models, string settings, string variables)
    {
        Write(models, settings);
        var environment = variables
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(variable => variable.Split('='))
            .ToDictionary(variable => variable[0], variable => variable[1]);
        return ConfigurationCheck.Find(_root, new HookEnvironment(environment.GetValueOrDefault));
    }
}
