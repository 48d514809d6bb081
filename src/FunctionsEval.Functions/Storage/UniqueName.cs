namespace FunctionsEval.Functions.Storage;

/// <summary>
/// Names that nobody else gives: they tell who wrote something. Only activities and triggers use them, because an orchestrator that is
/// replayed would get another one.
/// </summary>
internal static class UniqueName
{
    /// <summary>A new name: 32 hexadecimal digits.</summary>
    public static string Create() => New().ToString("N");

    /// <summary>A new id of a block of a blob, in base64 as the service wants it.</summary>
    public static string CreateBlockId() => Convert.ToBase64String(New().ToByteArray());

#pragma warning disable RS0030 // The one place.
    private static Guid New() => Guid.NewGuid();
#pragma warning restore RS0030
}
