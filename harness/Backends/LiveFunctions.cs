using MizarLab.Harness.Capture;
using MizarLab.Overlay;
using MizarLab.Workload;
using MizarLab.Workload.Proxied;

namespace MizarLab.Harness.Backends;

/// <summary>
/// The user-space functions behind the proxied endpoints of a live run: each on a thread of its own with a socket on its endpoint's interface. What it answers is
/// the simulator's code; here bytes are moved.
/// </summary>
internal sealed class LiveFunctions(Topology topology) : IDisposable
{
    private readonly SortedDictionary<int, Running> functions = [];

    /// <summary>Starts the endpoint's function, if it has one; frames are taken when this returns.</summary>
    /// <exception cref="HarnessException">The interface cannot be opened.</exception>
    public void Attach(LiveEndpoint endpoint)
    {
        if (!endpoint.Endpoint.IsProxied)
        {
            return;
        }
        Network on = topology[endpoint.Endpoint.Network];
        StackSettings settings = StackSettings.Of(topology, endpoint.Id);
        IUserSpaceFunction function = UserSpaceFunctions.Make(endpoint.Endpoint.Function, settings, on.GatewayMac);
        functions.Add(endpoint.Id.Index, new Running(endpoint.Namespace.Run(() => new InterfaceSocket(endpoint.Device)), function, endpoint.Endpoint.Name));
    }

    /// <summary>Ends the endpoint's function; nothing happens when it has none.</summary>
    public void Detach(EndpointId endpoint)
    {
        if (functions.Remove(endpoint.Index, out Running? running))
        {
            running.Dispose();
        }
    }

    /// <summary>Throws when a function ended by itself: what it should have answered nobody did.</summary>
    /// <exception cref="HarnessException">One did.</exception>
    public void RequireRunning()
    {
        foreach (Running running in functions.Values)
        {
            running.RequireRunning();
        }
    }

    public void Dispose()
    {
        foreach (Running running in functions.Values)
        {
            running.Dispose();
        }
        functions.Clear();
    }

    private sealed class Running : IDisposable
    {
        private const int LargestFrame = 65_536;

        /// <summary>How soon a function notices that it is to end.</summary>
        private const int PollMilliseconds = 20;

        private readonly InterfaceSocket socket;
        private readonly IUserSpaceFunction function;
        private readonly string name;
        private readonly Thread thread;
        private volatile bool ending;
        private volatile Exception? failure;

        public Running(InterfaceSocket socket, IUserSpaceFunction function, string name)
        {
            this.socket = socket;
            this.function = function;
            this.name = name;
            thread = new Thread(Run) { IsBackground = true, Name = $"function of {name}" };
            thread.Start();
        }

        public void RequireRunning()
        {
            if (failure is { } error)
            {
                throw new HarnessException($"the function of endpoint '{name}' failed: {error.Message}", error);
            }
        }

        public void Dispose()
        {
            ending = true;
            thread.Join();
            socket.Dispose();
        }

        private void Run()
        {
            byte[] frame = new byte[LargestFrame], answer = new byte[LargestFrame];
            try
            {
                while (!ending)
                {
                    socket.Wait(PollMilliseconds);
                    for (int bytes = socket.Receive(frame); bytes > 0; bytes = socket.Receive(frame))
                    {
                        int answered = function.Answer(frame.AsSpan(0, bytes), answer);
                        if (answered > 0)
                        {
                            socket.Send(answer.AsSpan(0, answered));
                        }
                    }
                }
            }
            catch (Exception error)
            {
                failure = error;
            }
        }
    }
}
