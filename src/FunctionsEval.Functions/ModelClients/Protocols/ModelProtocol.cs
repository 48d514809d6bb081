using System.Text.Json;
using System.Text.Json.Serialization;
using FunctionsEval.Functions.ModelClients.Answers;
using FunctionsEval.Functions.ModelClients.Refusals;

namespace FunctionsEval.Functions.ModelClients.Protocols;

/// <summary>How one API is spoken: it writes requests, and reads answers, streams and what a refusal asks to change.</summary>
/// <remarks>A new one is a class of its own and a line in <see cref="ModelProtocols"/>.</remarks>
[JsonConverter(typeof(NameConverter<ModelProtocol>))]
internal abstract class ModelProtocol
{
    /// <summary>The value of the setting <c>Api</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The API's name in a sentence, such as <c>chat</c> in “the chat API”.</summary>
    public virtual string SpokenName => Name;

    /// <summary>The route below the API's root, such as <c>chat/completions</c>.</summary>
    public abstract string Route { get; }

    /// <summary>The value of <c>gen_ai.operation.name</c> in telemetry.</summary>
    public abstract string Operation { get; }

    /// <summary>Whether a request's body names the model even where the provider's addresses do.</summary>
    public virtual bool NamesModelInBody => false;

    /// <summary>Whether it gives vectors of texts instead of answers.</summary>
    public virtual bool GivesEmbeddings => false;

    /// <summary>Whether it can give the probability of a given text.</summary>
    public virtual bool ScoresTexts => false;

    /// <summary>The advice for a deployment that does not have this API, as a sentence.</summary>
    public abstract string InsteadAdvice { get; }

    /// <summary>The parameters that an endpoint may refuse.</summary>
    public virtual IReadOnlyList<RequestParameter> Parameters => [];

    /// <summary>The quirks that no endpoint has to reveal, because the API itself lacks what they leave out.</summary>
    public virtual Quirks Lacks => Quirks.None;

    /// <summary>Whether the marker <c>[DONE]</c> ends a stream; otherwise only an event that says why the model stopped does.</summary>
    public virtual bool EndsByMarker => true;

    /// <summary>Finds what this API cannot send of a request.</summary>
    /// <param name="model">The model, for the settings' names.</param>
    /// <param name="request">What is asked.</param>
    /// <returns>The setting or the spec's field, and the fix; null where all of it can be sent.</returns>
    public virtual string? FindProblem(ModelOptions model, ModelRequest request) => null;

    /// <summary>Writes what a request's body has besides the model's name.</summary>
    /// <param name="json">The body, in its object.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="sent">What is sent in another form than the usual one.</param>
    public abstract void Write(Utf8JsonWriter json, ModelRequest request, Quirks sent);

    /// <summary>Maximum number of tokens of an answer to a request.</summary>
    public abstract int MaxAnswerTokens(ModelRequest request);

    /// <summary>Maximum number of bytes that an answer to a request may reasonably have.</summary>
    public abstract long MaxAnswerBytes(ModelRequest request);

    /// <summary>Whether an answer to a request may come as a stream of events.</summary>
    public virtual bool MayStream(ModelRequest request) => false;

    /// <summary>
    /// Maximum number of bytes of an event of a streamed answer: one token with its top log probabilities, or a whole answer sent at once.
    /// </summary>
    public virtual long MaxEventBytes(ModelRequest request) => 1024 * 1024;

    /// <summary>The error in a body or an event that comes in the place of an answer; null for none.</summary>
    /// <param name="root">The root of the body or the event.</param>
    public virtual JsonElement? FindError(JsonElement root) => EndpointErrorReader.IsIn(root) ? root : null;

    /// <summary>Reads an answer that came in one piece.</summary>
    /// <param name="root">The body's root.</param>
    /// <param name="exchange">What was asked, and what takes the answer.</param>
    public abstract AttemptResult Read(JsonElement root, ModelExchange exchange);

    /// <summary>Reads an event of a streamed answer.</summary>
    /// <param name="root">The event's root; it is no error.</param>
    /// <param name="answer">Takes what is read.</param>
    public virtual StreamEvent ReadEvent(JsonElement root, PartialAnswer answer) => StreamEvent.Envelope;

    /// <summary>The quirks that follow from a refusal; <see cref="Quirks.None"/> when the request as such is refused.</summary>
    /// <remarks>
    /// Only quirks that keep the meaning of the evaluation, or that its result reports (<see cref="LeftOut"/>). If only the refusal's text
    /// suggests a quirk, it is tried as well, although the text may quote a prompt; it is recorded if it works.
    /// </remarks>
    /// <param name="error">The refusal.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="sent">How it was sent, so that a repeated refusal changes nothing.</param>
    public virtual Quirks Adapt(EndpointError error, ModelRequest request, Quirks sent) => Quirks.None;

    /// <summary>The quirks that an answer proves, in addition to those of the request.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="sent">How it was sent.</param>
    public virtual Quirks ProvenBy(ModelRequest request, Quirks sent) => Quirks.None;

    /// <summary>The parts of a request that its endpoint does not take, in the API's words.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="sent">How it was sent.</param>
    public virtual IReadOnlyList<string> LeftOut(ModelRequest request, Quirks sent) => [];

    /// <summary>The setting's value.</summary>
    public sealed override string ToString() => Name;
}

/// <summary>What an event of a stream holds.</summary>
internal enum StreamEvent
{
    /// <summary>Nothing of an answer: the tokens used, or annotations of the prompt.</summary>
    Envelope,

    /// <summary>A piece of an answer in which nothing is said.</summary>
    Silence,

    /// <summary>A piece of an answer that says something.</summary>
    Content,

    /// <summary>The end of the answer; no event after it is read.</summary>
    End,
}

/// <summary>One attempt while its answer is read.</summary>
/// <param name="Model">The model that was asked.</param>
/// <param name="Request">What it was asked.</param>
/// <param name="Answer">Takes what is read.</param>
internal sealed record ModelExchange(ModelOptions Model, ModelRequest Request, PartialAnswer Answer);
