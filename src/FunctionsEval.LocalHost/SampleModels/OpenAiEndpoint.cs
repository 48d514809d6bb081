namespace FunctionsEval.LocalHost.SampleModels;

/// <summary>
/// The chat, completion, response and model routes of the OpenAI API and of Azure OpenAI over the sample models. Any key or none is
/// accepted, since this is a local sample; the key <c>wrong</c> is refused, so that the error can be tried out. The same request gets the
/// same bytes: ids are hashes of the request and <c>created</c> is fixed.
/// </summary>
/// <remarks>
/// Sources: the API references of OpenAI (chat/create, completions/create, responses/create, models/list) and of Azure OpenAI. Usage counts
/// the tokens of <see cref="TextTokenizer"/> in all messages, with nothing added per message.
/// </remarks>
internal sealed class OpenAiEndpoint(SampleModelCatalog models)
{
    /// <summary>When every model and answer was made, Unix time.</summary>
    public const long Created = 1_700_000_000;

    private readonly ChatRoute _chat = new(models);
    private readonly TextRoute _text = new(models);
    private readonly ResponsesRoute _responses = new(models);

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var prefix in (string[])["/v1", "/openai/v1"])
        {
            routes.MapGet($"{prefix}/models", ListModelsAsync);
            routes.MapGet($"{prefix}/models/{{id}}", GetModelAsync);
            routes.MapPost($"{prefix}/chat/completions", context => _chat.AnswerAsync(context, deployment: null));
            routes.MapPost($"{prefix}/completions", context => _text.AnswerAsync(context, deployment: null));
            routes.MapPost($"{prefix}/responses", context => _responses.AnswerAsync(context, isDated: false));
        }
        const string Deployments = "/openai/deployments/{deployment}";
        routes.MapPost($"{Deployments}/chat/completions", context => _chat.AnswerAsync(context, Deployment(context)));
        routes.MapPost($"{Deployments}/completions", context => _text.AnswerAsync(context, Deployment(context)));
        routes.MapPost("/openai/responses", context => _responses.AnswerAsync(context, isDated: true));
        routes.MapFallback(context =>
            OpenAiExchange.WriteErrorAsync(context, OpenAiError.UnknownUrl(context.Request.Method, context.Request.Path))
        );
    }

    private static string Deployment(HttpContext context) => (string)context.GetRouteValue("deployment")!;

    private Task ListModelsAsync(HttpContext context) =>
        OpenAiExchange.HasWrongKey(context)
            ? OpenAiExchange.WriteErrorAsync(context, OpenAiError.WrongKey(azure: false))
            : OpenAiExchange.WriteAsync(context, new ModelList("list", [.. models.Ids.Select(Entry)]), OpenAiJson.Default.ModelList);

    private Task GetModelAsync(HttpContext context)
    {
        if (OpenAiExchange.HasWrongKey(context))
        {
            return OpenAiExchange.WriteErrorAsync(context, OpenAiError.WrongKey(azure: false));
        }

        var id = (string)context.GetRouteValue("id")!;
        return models.Has(id)
            ? OpenAiExchange.WriteAsync(context, Entry(id), OpenAiJson.Default.ModelEntry)
            : OpenAiExchange.WriteErrorAsync(context, OpenAiError.UnknownModel(id));
    }

    private static ModelEntry Entry(string id) => new(id, "model", Created, "functionseval");
}
