using System.Text;
using FunctionsEval.Functions.FineTuning;

namespace FunctionsEval.Functions.Tests.FineTuning;

/// <summary>What Azure answers to a deployment is told, whatever it is.</summary>
public sealed class DeploymentRefusalTests
{
    [Theory]
    [InlineData("""{"error":{"code":"InsufficientQuota","message":"No quota."}}""", "InsufficientQuota: No quota")]
    [InlineData("""{"error":{"code":"InsufficientQuota","message":"No \ud800 quota."}}""", "InsufficientQuota: No \uFFFD quota")]
    [InlineData("""{"\udc00":1,"error":{"code":"InsufficientQuota"}}""", "InsufficientQuota")]
    [InlineData("""{"error":null}""", "HTTP 400")]
    [InlineData("<html>", "HTTP 400")]
    public void Body_is_read_as_far_as_it_can_be(string body, string expected) =>
        Assert.Equal(expected, DeploymentRefusal.Read(400, Encoding.UTF8.GetBytes(body)).Describe());
}
