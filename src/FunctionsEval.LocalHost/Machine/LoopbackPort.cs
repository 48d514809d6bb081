using System.Net;
using System.Net.Sockets;

namespace FunctionsEval.LocalHost.Machine;

/// <summary>Looks at ports of 127.0.0.1.</summary>
internal static class LoopbackPort
{
    /// <summary>Whether nothing listens there now. Another program may still come first, so whoever binds must handle that too.</summary>
    public static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port) { ExclusiveAddressUse = true };
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
