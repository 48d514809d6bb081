using System.Text.Json;
using System.Text.RegularExpressions;
using Json.Schema;
using Json.Schema.Keywords;

namespace FunctionsEval.Core.Parsing.Schemas;

/// <summary>The keywords of JSON Schema that are checked. None reads anything from elsewhere, and each takes bounded time.</summary>
internal static class BoundedKeywords
{
    private static readonly IKeywordHandler[] Common =
    [
        AdditionalPropertiesKeyword.Instance,
        AllOfKeyword.Instance,
        AnyOfKeyword.Instance,
        ConstKeyword.Instance,
        DefsKeyword.Instance,
        Json.Schema.Keywords.Draft06.DefinitionsKeyword.Instance,
        DependentRequiredKeyword.Instance,
        DependentSchemasKeyword.Instance,
        ElseKeyword.Instance,
        EnumKeyword.Instance,
        ExclusiveMaximumKeyword.Instance,
        ExclusiveMinimumKeyword.Instance,
        IfKeyword.Instance,
        MaximumKeyword.Instance,
        MaxItemsKeyword.Instance,
        MaxLengthKeyword.Instance,
        MaxPropertiesKeyword.Instance,
        MinimumKeyword.Instance,
        MinItemsKeyword.Instance,
        MinLengthKeyword.Instance,
        MinPropertiesKeyword.Instance,
        MultipleOfKeyword.Instance,
        NotKeyword.Instance,
        OneOfKeyword.Instance,
        // additionalProperties asks for it; schemas that use it are refused.
        PatternPropertiesKeyword.Instance,
        PropertiesKeyword.Instance,
        PropertyNamesKeyword.Instance,
        RequiredKeyword.Instance,
        ThenKeyword.Instance,
        TypeKeyword.Instance,
        UniqueItemsKeyword.Instance,
        new BoundedReference(),
        new BoundedPattern(),
    ];

    /// <summary>JSON Schema 2020-12, the dialect of schemas that name none.</summary>
    public static Dialect Draft202012 { get; } =
        new([
            .. Common,
            ContainsKeyword.Instance,
            ItemsKeyword.Instance,
            MaxContainsKeyword.Instance,
            MinContainsKeyword.Instance,
            PrefixItemsKeyword.Instance,
            UnevaluatedItemsKeyword.Instance,
            UnevaluatedPropertiesKeyword.Instance,
        ])
        {
            AllowUnknownKeywords = true,
        };

    /// <summary>JSON Schema draft-07, and what older drafts have in common with it.</summary>
    public static Dialect Draft07 { get; } =
        new([
            .. Common,
            Json.Schema.Keywords.Draft06.AdditionalItemsKeyword.Instance,
            Json.Schema.Keywords.Draft06.ContainsKeyword.Instance,
            Json.Schema.Keywords.Draft06.DependenciesKeyword.Instance,
            Json.Schema.Keywords.Draft06.ItemsKeyword.Instance,
        ])
        {
            AllowUnknownKeywords = true,
            RefIgnoresSiblingKeywords = true,
        };

    /// <summary><c>$ref</c> on a budget.</summary>
    private sealed class BoundedReference : RefKeyword
    {
        public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context) =>
            SchemaBudget.Follow(context.Instance, () => base.Evaluate(keyword, context));
    }

    /// <summary><c>pattern</c> in an engine whose time is linear in the text; expressions that it does not take are refused.</summary>
    private sealed class BoundedPattern : PatternKeyword
    {
        public override object? ValidateKeywordValue(JsonElement value) =>
            value.ValueKind == JsonValueKind.String
                ? new Regex(value.GetString()!, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)
                : throw new JsonSchemaException("A pattern is no string.");
    }
}
