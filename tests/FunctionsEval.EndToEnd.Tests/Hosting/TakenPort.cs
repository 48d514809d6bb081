using System.Net;
using System.Net.Sockets;

namespace FunctionsEval.EndToEnd.Tests.Hosting;

/// <summary>A loopback port that another program, this test, listens on.</summary>
internal sealed class TakenPort : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public TakenPort() => _listener.Start();

    public int Number => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();
}
