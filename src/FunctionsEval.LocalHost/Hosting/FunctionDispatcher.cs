using System.Diagnostics;
using FunctionsEval.LocalHost.Hosting.Rpc;
using Microsoft.Azure.WebJobs;

namespace FunctionsEval.LocalHost.Hosting;

/// <summary>Carries an invocation from the WebJobs SDK to the worker and its result back.</summary>
internal sealed class FunctionDispatcher(WorkerSupervisor workers, HttpProxy proxy, Action<string, string>? orchestrationHandedOut)
{
    private readonly Dictionary<string, Target> _targets = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes a function known.</summary>
    public void Add(FunctionDescription function, IReadOnlyList<WebJobsBinding> inputs) =>
        _targets.Add(function.Name, new Target(function, inputs));

    /// <summary>Runs a function. The arguments are those of the generated method: trigger value, binder, cancellation token.</summary>
    public async Task<object?> InvokeAsync(string name, object?[] arguments)
    {
        var target = _targets[name];
        var trigger = arguments[0];
        var binder = (Binder)arguments[1]!;
        var cancellationToken = (CancellationToken)arguments[2]!;

        var request = CreateRequest(target.Function, binder);
        foreach ((var binding, var input) in target.Function.Inputs.Zip(target.Inputs))
        {
            var value = await input.BindAsync(binder, cancellationToken);
            request.InputData.Add(new ParameterBinding { Name = binding.Name, Data = RpcConverter.ToTypedData(value) });
        }

        if (orchestrationHandedOut is not null && target.Function.Trigger.Is("orchestrationTrigger") && trigger is string history)
        {
            orchestrationHandedOut(name, history);
        }

        while (true)
        {
            var channel = await workers.GetChannelAsync(cancellationToken);
            try
            {
                return trigger is HttpRequest http
                    ? await InvokeHttpAsync(channel, target.Function, request.Clone(), http, cancellationToken)
                    : await InvokeAsync(channel, target.Function, request.Clone(), RpcConverter.ToTypedData(trigger), cancellationToken);
            }
            catch (WorkerUnavailableException)
            {
                // The worker ended before it saw the request: the next one takes it.
            }
        }
    }

    private static InvocationRequest CreateRequest(FunctionDescription function, Binder binder)
    {
        var request = new InvocationRequest
        {
            InvocationId = Guid.NewGuid().ToString(),
            FunctionId = function.Id,
            TraceContext = new RpcTraceContext
            {
                TraceParent = Activity.Current?.Id ?? "",
                TraceState = Activity.Current?.TraceStateString ?? "",
            },
        };
        foreach ((var key, var value) in binder.BindingData)
        {
            // "sys" is the SDK's own (method name, time, random id), and a request is no metadata.
            if (value is not (null or HttpRequest) && key != "sys")
            {
                request.TriggerMetadata[key] = RpcConverter.ToTypedData(value);
            }
        }
        return request;
    }

    private static async Task<object?> InvokeAsync(
        WorkerChannel channel,
        FunctionDescription function,
        InvocationRequest request,
        TypedData trigger,
        CancellationToken cancellationToken
    )
    {
        request.InputData.Add(new ParameterBinding { Name = function.Trigger.Name, Data = trigger });
        var response = await channel.InvokeAsync(function.Name, request, whileRunning: null, cancellationToken);
        ThrowIfFailed(response.Result);
        return RpcConverter.FromTypedData(response.ReturnValue);
    }

    private async Task<object?> InvokeHttpAsync(
        WorkerChannel channel,
        FunctionDescription function,
        InvocationRequest request,
        HttpRequest http,
        CancellationToken cancellationToken
    )
    {
        var input = new RpcHttp();
        Func<CancellationToken, Task>? forward = null;
        if (channel.HttpAddress is { } address)
        {
            // ASP.NET Core integration: the worker serves the request itself and pairs it with the invocation by its id.
            RpcConverter.AddRouteParameters(input, http);
            forward = stop => proxy.ForwardAsync(http.HttpContext, address, request.InvocationId, stop);
        }
        else
        {
            input = await RpcConverter.ToRpcHttpAsync(http, cancellationToken);
        }

        request.InputData.Add(
            new ParameterBinding
            {
                Name = function.Trigger.Name,
                Data = new TypedData { Http = input },
            }
        );
        var response = await channel.InvokeAsync(function.Name, request, forward, cancellationToken);
        ThrowIfFailed(response.Result);
        if (channel.HttpAddress is null)
        {
            await RpcConverter.WriteAsync(FindHttpResponse(function, response), http.HttpContext.Response, cancellationToken);
        }

        return null;
    }

    private static RpcHttp? FindHttpResponse(FunctionDescription function, InvocationResponse response) =>
        response.OutputData.FirstOrDefault(output => output.Name == function.HttpOutput)?.Data?.Http ?? response.ReturnValue?.Http;

    private static void ThrowIfFailed(StatusResult result)
    {
        if (result.Status != StatusResult.Types.Status.Success)
        {
            throw new FunctionFailedException(result);
        }
    }

    private sealed record Target(FunctionDescription Function, IReadOnlyList<WebJobsBinding> Inputs);
}
