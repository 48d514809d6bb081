using System.Diagnostics;
using System.Text;
using FunctionsEval.LocalHost.Machine;

namespace FunctionsEval.EndToEnd.Tests.Instances;

/// <summary>The app as another version of it: the same code under another version's text, as the next deployment has it.</summary>
internal static class OtherBuild
{
    private const string Assembly = "FunctionsEval.Functions.dll";

    /// <summary>Makes the folder of another build.</summary>
    /// <param name="directory">The folder, which is not there yet.</param>
    /// <returns>Its version.</returns>
    public static string Create(string directory)
    {
        var app = RepositoryLayout.FunctionAppDirectory;
        Copy(app, Directory.CreateDirectory(directory).FullName);
        var path = Path.Combine(directory, Assembly);
        var version = FileVersionInfo.GetVersionInfo(path).ProductVersion!;
        var other = (version[0] == '9' ? '8' : '9') + version[1..];
        // Of the same length, so that the attribute that holds it stays whole.
        var bytes = File.ReadAllBytes(path);
        var place = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(version));
        Encoding.UTF8.GetBytes(other).CopyTo(bytes, place);
        File.WriteAllBytes(path, bytes);
        return other;
    }

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from))
        {
            Copy(folder, Directory.CreateDirectory(Path.Combine(to, Path.GetFileName(folder))).FullName);
        }

        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
