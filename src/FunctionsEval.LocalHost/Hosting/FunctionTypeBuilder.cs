#pragma warning disable CS0618 // The WebJobs SDK marks the seams for script hosts as not for public use; this is a script host.
using System.Reflection;
using System.Reflection.Emit;
using FunctionsEval.LocalHost.Machine;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Description;

namespace FunctionsEval.LocalHost.Hosting;

/// <summary>
/// Writes the class the WebJobs SDK expects its functions in: one public static method per function of the app,
/// with the trigger's attribute on its first parameter, that hands its arguments to the host.
/// </summary>
internal static class FunctionTypeBuilder
{
    private const string DispatcherField = "Dispatcher";

    // The timer extension files a schedule's state under this name; it is the one the hosts in Azure use.
    private const string TypeName = "Host.Functions";

    /// <summary>
    /// Builds the class. Its methods call <paramref name="dispatcher"/> with the function's name and (trigger, binder, cancellation token).
    /// </summary>
    public static Type Build(
        IEnumerable<(FunctionDescription Function, WebJobsBinding Trigger)> functions,
        Func<string, object?[], Task<object?>> dispatcher
    )
    {
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName(TypeName), AssemblyBuilderAccess.Run);
        var type = assembly
            .DefineDynamicModule(TypeName)
            .DefineType(TypeName, TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed);
        var dispatcherField = type.DefineField(DispatcherField, dispatcher.GetType(), FieldAttributes.Public | FieldAttributes.Static);
        foreach ((var function, var trigger) in functions)
        {
            DefineMethod(type, dispatcherField, function, trigger);
        }

        var built = type.CreateType();
        built.GetField(DispatcherField)!.SetValue(null, dispatcher);
        return built;
    }

    private static void DefineMethod(TypeBuilder type, FieldInfo dispatcher, FunctionDescription function, WebJobsBinding trigger)
    {
        Type[] parameters = [trigger.ParameterType, typeof(IBinder), typeof(CancellationToken)];
        var returnsValue = trigger.Attribute.GetType().GetCustomAttribute<BindingAttribute>() is { TriggerHandlesReturnValue: true };
        var method = type.DefineMethod(
            function.Name,
            MethodAttributes.Public | MethodAttributes.Static,
            returnsValue ? typeof(Task<object>) : typeof(Task),
            parameters
        );
        var attribute = Describe(trigger.Attribute);
        method.DefineParameter(1, ParameterAttributes.None, function.Trigger.Name).SetCustomAttribute(attribute);
        method.DefineParameter(2, ParameterAttributes.None, "_binder");
        method.DefineParameter(3, ParameterAttributes.None, "_cancellationToken");
        if (returnsValue)
        {
            method.DefineParameter(0, ParameterAttributes.Retval, null).SetCustomAttribute(attribute);
        }

        if (function.IsHttp)
        {
            method.SetCustomAttribute(Describe(new NoAutomaticTriggerAttribute()));
        }

        // return Dispatcher(name, new object[] { trigger, binder, cancellationToken });
        var body = method.GetILGenerator();
        body.Emit(OpCodes.Ldsfld, dispatcher);
        body.Emit(OpCodes.Ldstr, function.Name);
        body.Emit(OpCodes.Ldc_I4, parameters.Length);
        body.Emit(OpCodes.Newarr, typeof(object));
        for (var i = 0; i < parameters.Length; i++)
        {
            body.Emit(OpCodes.Dup);
            body.Emit(OpCodes.Ldc_I4, i);
            body.Emit(OpCodes.Ldarg, (short)i);
            if (parameters[i].IsValueType)
            {
                body.Emit(OpCodes.Box, parameters[i]);
            }

            body.Emit(OpCodes.Stelem_Ref);
        }
        body.Emit(OpCodes.Callvirt, dispatcher.FieldType.GetMethod("Invoke")!);
        body.Emit(OpCodes.Ret);
    }

    /// <summary>
    /// Turns an attribute instance back into the call that creates it: the longest constructor its properties can feed, then the settable
    /// properties.
    /// </summary>
    private static CustomAttributeBuilder Describe(Attribute attribute)
    {
        var properties = attribute.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance);
        PropertyInfo? Matching(ParameterInfo parameter) =>
            Array.Find(
                properties,
                property =>
                    string.Equals(property.Name, parameter.Name, StringComparison.OrdinalIgnoreCase)
                    && parameter.ParameterType.IsAssignableFrom(property.PropertyType)
                    && property.GetValue(attribute) is not null
            );

        var constructor =
            attribute
                .GetType()
                .GetConstructors()
                .Where(candidate => candidate.GetParameters().All(parameter => Matching(parameter) is not null))
                .MaxBy(candidate => candidate.GetParameters().Length)
            ?? throw new LocalHostException($"The local host cannot recreate the attribute {attribute.GetType().Name}.");
        object?[] arguments = [.. constructor.GetParameters().Select(parameter => Matching(parameter)!.GetValue(attribute))];

        // An attribute in metadata cannot hold a nullable value type; null is the default anyway.
        PropertyInfo[] settable =
        [
            .. properties.Where(property =>
                property.SetMethod is { IsPublic: true }
                && Nullable.GetUnderlyingType(property.PropertyType) is null
                && property.GetValue(attribute) is not null
            ),
        ];
        return new CustomAttributeBuilder(constructor, arguments, settable, [.. settable.Select(property => property.GetValue(attribute))]);
    }
}
