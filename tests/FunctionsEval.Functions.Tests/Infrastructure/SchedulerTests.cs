namespace FunctionsEval.Functions.Tests.Infrastructure;

/// <summary>A deployment whose orchestrations run on the Durable Task Scheduler.</summary>
public sealed class SchedulerTests
{
    private static readonly Change[] ThatBreakRules =
    [
        new(
            "modules/function-app.bicep",
            "storageProvider__connectionStringName: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING'",
            "storageProvider__connectionStringName: 'ELSEWHERE'",
            "engine: the app does not find it"
        ),
        new("resources.bicep", "hubName: hubName", "hubName: 'Other'", "engine: the task hub is not the app's"),
        new(
            "modules/scheduler.bicep",
            "= if (assignRoles)",
            "= if (false)",
            "roles: Durable Task Data Contributor on Microsoft.DurableTask/schedulers is missing"
        ),
    ];

    [Theory]
    [InlineData("Consumption")]
    [InlineData("Dedicated")]
    public async Task Deployment_with_a_scheduler_keeps_to_the_rules(string plan)
    {
        var deployment = await DeployAsync(plan);

        Assert.Empty(DeploymentRules.Check(deployment, new Expected(HasScheduler: true)));
        Assert.Equal(plan, (string?)deployment.OfType("Microsoft.DurableTask/schedulers").Single()["properties"]!["sku"]!["name"]);
    }

    [Fact]
    public async Task Changed_template_breaks_the_rule() =>
        Assert.Empty(
            ThatBreakRules
                .Select(change => change.Broken)
                .Except(DeploymentRules.Check(await DeployAsync("Consumption", ThatBreakRules), new Expected(HasScheduler: true)))
        );

    /// <summary>A scheduler that the app is not told of would be paid for nothing, and an app without one would not start.</summary>
    [Fact]
    public async Task Scheduler_that_was_not_asked_for_breaks_the_rule() =>
        Assert.Contains(
            "engine: a scheduler without the app, or the app without a scheduler",
            DeploymentRules.Check(await DeployAsync("Consumption"), new Expected())
        );

    private static Task<Deployment> DeployAsync(string plan, params Change[] changes)
    {
        Bicep.SkipWhereMissing();
        return Deployment.OfAsync(
            "main.bicep",
            $"{DeploymentTests.Smallest}\nparam durableTaskScheduler = '{plan}'",
            changes,
            TestContext.Current.CancellationToken
        );
    }
}
