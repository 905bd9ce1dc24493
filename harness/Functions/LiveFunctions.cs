using MizarLab.Harness.Backends;
using MizarLab.Harness.Capture;
using MizarLab.Observation;
using MizarLab.Overlay;
using MizarLab.Workload;
using MizarLab.Workload.Proxied;

namespace MizarLab.Harness.Functions;

/// <summary>
/// The user-space functions behind the proxied endpoints of a live run: each on a thread of its own with a socket on its endpoint's interface. What it answers is
/// the simulator's code; here bytes are moved.
/// </summary>
internal sealed class LiveFunctions(Topology topology) : IDisposable
{
    private readonly SortedDictionary<int, RunningFunction> functions = [];
    private readonly List<FunctionFrame> seen = [];
    private long lost;

    /// <summary>Starts the endpoint's function, if it has one; frames are taken when this returns.</summary>
    /// <exception cref="HarnessException">The interface cannot be opened.</exception>
    public void Attach(LiveEndpoint endpoint)
    {
        if (!endpoint.Endpoint.IsProxied)
        {
            return;
        }
        IUserSpaceFunction function = UserSpaceFunctions.Make(
            endpoint.Endpoint.Function, StackSettings.Of(topology, endpoint.Id), topology[endpoint.Endpoint.Network].GatewayMac);
        IFunctionPort port = endpoint.Namespace.Run<IFunctionPort>(() => endpoint.Endpoint.FunctionPort switch
        {
            FunctionPort.Interface => new InterfaceSocket(endpoint.Device),
            FunctionPort.AfXdp => new XdpSocket(endpoint.Device, objects: null),
            _ => throw new NotSupportedException($"no port {endpoint.Endpoint.FunctionPort}"),
        });
        functions.Add(endpoint.Id.Index, new RunningFunction(port, function, endpoint));
    }

    /// <summary>Ends the endpoint's function; nothing happens when it has none.</summary>
    public void Detach(EndpointId endpoint)
    {
        if (functions.Remove(endpoint.Index, out RunningFunction? running))
        {
            End(running);
        }
    }

    /// <summary>Ends all functions; what those that pass every tap saw, and how many frames found no room.</summary>
    /// <exception cref="HarnessException">One ended by itself: what it should have answered nobody did.</exception>
    public (IEnumerable<Sighting> Sightings, long Missed) Finish(KernelClock clock)
    {
        foreach (RunningFunction running in functions.Values)
        {
            End(running);
        }
        functions.Clear();
        return (seen.Select(frame => frame.ToSighting(clock)), lost);
    }

    public void Dispose()
    {
        foreach (RunningFunction running in functions.Values)
        {
            running.Dispose();
        }
        functions.Clear();
    }

    private void End(RunningFunction running)
    {
        (IReadOnlyList<FunctionFrame> frames, long missed) = running.Finish();
        seen.AddRange(frames);
        lost += missed;
    }
}
