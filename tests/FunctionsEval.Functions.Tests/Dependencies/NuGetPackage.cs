using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace FunctionsEval.Functions.Tests.Dependencies;

/// <summary>A package in NuGet's folder of restored packages.</summary>
internal sealed partial record NuGetPackage(string Name, string Version)
{
    /// <summary>What is at addresses that packages name in place of a licence, where the address itself is a licence's text.</summary>
    private static readonly Dictionary<string, string> Addresses = new()
    {
        ["http://www.apache.org/licenses/LICENSE-2.0"] = "Apache-2.0",
        ["https://github.com/Azure/azure-storage-net/blob/master/LICENSE.txt"] = "Apache-2.0",
        ["https://github.com/dotnet/corefx/blob/master/LICENSE.TXT"] = "MIT",
        ["https://raw.github.com/JamesNK/Newtonsoft.Json.Bson/master/LICENSE.md"] = "MIT",
        ["https://raw.githubusercontent.com/aspnet/AspNetCore/2.0.0/LICENSE.txt"] = "Apache-2.0",
    };

    private static readonly HashSet<string> Permissive =
    [
        "MIT",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "MS-PL",
        "0BSD",
        "ISC",
        "BlueOak-1.0.0",
    ];

    private static readonly Lazy<string> Restored = new(RestoredPackages);

    public bool IsRestored => File.Exists(Specification);

    /// <summary>
    /// The licence by the package's own word: an expression, a licence's text in the package, or the address of one. Where none of them
    /// says
    /// which licence it is, what there is instead, in words.
    /// </summary>
    public string Licence()
    {
        var metadata = XDocument.Load(Specification).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
        string? Value(string name) => metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value.Trim();

        if (Value("license") is { } licence)
        {
            var isFile = (string?)metadata.Elements().Single(element => element.Name.LocalName == "license").Attribute("type") == "file";
            return isFile
                ? LicenceOf(File.ReadAllText(Path.Combine(Folder, licence.Replace('\\', '/')))) ?? $"its own terms (`{licence}`)"
                : licence;
        }

        return Value("licenseUrl") is { Length: > 0 } address
            ? Addresses.GetValueOrDefault(address, $"an address ({address})")
            : "none named";
    }

    /// <summary>Whether an SPDX expression allows use without further conditions than to name the authors.</summary>
    public static bool IsPermissive(string licence) =>
        Alternatives().Split(licence).Any(alternative => alternative.Split(" AND ").All(Permissive.Contains));

    private string Folder => Path.Combine(Restored.Value, Name.ToLowerInvariant(), Version.ToLowerInvariant());

    private string Specification => Path.Combine(Folder, Name.ToLowerInvariant() + ".nuspec");

    private static string? LicenceOf(string text)
    {
        var words = WhiteSpace().Replace(text, " ");
        if (
            words.Contains(
                "Permission is hereby granted, free of charge, to any person obtaining a copy of this software",
                StringComparison.Ordinal
            ) && !words.Contains("Apache License", StringComparison.Ordinal)
        )
        {
            return "MIT";
        }

        return words.TrimStart().StartsWith("Apache License Version 2.0", StringComparison.Ordinal) ? "Apache-2.0" : null;
    }

    private static string RestoredPackages()
    {
        using var assets = JsonDocument.Parse(Repository.Read("src", "FunctionsEval.Functions", "obj", "project.assets.json"));
        return assets.RootElement.GetProperty("packageFolders").EnumerateObject().First().Name;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();

    [GeneratedRegex(" OR ")]
    private static partial Regex Alternatives();
}
