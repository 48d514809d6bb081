using FunctionsEval.Functions.Triggers.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FunctionsEval.Functions.Tests.Triggers.Http;

public sealed class GetDashboardTests
{
    [Theory]
    [InlineData(null, "text/html; charset=utf-8")]
    [InlineData("index.html", "text/html; charset=utf-8")]
    [InlineData("look.css", "text/css; charset=utf-8")]
    [InlineData("dashboard.js", "text/javascript; charset=utf-8")]
    [InlineData("views/runs.js", "text/javascript; charset=utf-8")]
    [InlineData("charts/trend.js", "text/javascript; charset=utf-8")]
    public void File_is_served_from_its_folder_with_its_type_and_the_policy(string? path, string type)
    {
        var context = new DefaultHttpContext();

        var file = Assert.IsType<FileContentHttpResult>(GetDashboard.GetDashboardFile(context.Request, path));

        Assert.Equal(type, file.ContentType);
        Assert.NotNull(file.EntityTag);
        Assert.Contains("script-src 'self'", context.Response.Headers.ContentSecurityPolicy.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("views")]
    [InlineData("views/")]
    [InlineData("../openapi.json")]
    [InlineData("views/../index.html")]
    [InlineData("views\\runs.js")]
    [InlineData("/etc/passwd")]
    [InlineData("Index.html")]
    public void Path_that_is_no_embedded_file_is_not_found(string path)
    {
        var answer = GetDashboard.GetDashboardFile(new DefaultHttpContext().Request, path);

        Assert.Equal(StatusCodes.Status404NotFound, Assert.IsType<IStatusCodeHttpResult>(answer, exactMatch: false).StatusCode);
    }

    /// <summary>A module that is not there would leave the page empty: each import names an embedded file.</summary>
    [Fact]
    public void Every_import_of_a_module_names_a_file_that_is_served()
    {
        var names = typeof(GetDashboard)
            .Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("dashboard/", StringComparison.Ordinal))
            .Select(name => name.Replace('\\', '/'))
            .ToHashSet(StringComparer.Ordinal);
        var imports =
            from name in names
            where name.EndsWith(".js", StringComparison.Ordinal)
            from import in ImportsOf(name)
            select (name, Target: new Uri(new Uri($"http://app/{name}"), import).AbsolutePath.TrimStart('/'));

        Assert.All(imports, import => Assert.True(names.Contains(import.Target), $"{import.name} imports {import.Target}."));
        Assert.Contains("dashboard/views/runs.js", names);
    }

    private static IEnumerable<string> ImportsOf(string name)
    {
        using var stream = typeof(GetDashboard).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        return System.Text.RegularExpressions.Regex.Matches(text, @"from '([^']+)'").Select(match => match.Groups[1].Value);
    }
}
