using MizarLab.DataPlane;
using MizarLab.Harness.Bpf;
using MizarLab.Harness.Namespaces;
using MizarLab.Overlay;

namespace MizarLab.Harness.Backends;

/// <summary>
/// The programs of all droplets of a live run: loaded by this process and attached from inside each droplet's namespace, so that they go when it does, however
/// it ends. Tables are written and read through it.
/// </summary>
internal sealed class LivePrograms : ITableWriter, ITableReader, IDisposable
{
    private readonly BpfDroplet[] droplets;
    private readonly XdpLink?[] nics;
    private readonly XdpLink?[] ports;
    private readonly List<(DropletId Droplet, TcLink Link)> limiters = [];
    private SingleProgram? port;
    private readonly SortedDictionary<(int Droplet, int Port), int> interfaces = [];
    private readonly SortedDictionary<(int Droplet, int Interface), EndpointId> endpoints = [];
    private readonly SortedDictionary<int, XdpLink> agents = [];
    private readonly Lock gate = new();
    private LiveNetwork? network;

    private LivePrograms(int count)
    {
        droplets = new BpfDroplet[count];
        nics = new XdpLink?[count];
        ports = new XdpLink?[count];
    }

    /// <summary>What the trace reader reads, by droplet.</summary>
    public IReadOnlyList<BpfDroplet> Droplets => droplets;

    /// <summary>Loads both programs of every droplet. They need no network yet, and the verifier takes its time: run it beside building one.</summary>
    /// <exception cref="HarnessException">The kernel refused one.</exception>
    public static LivePrograms Load(int count, BpfOptions options)
    {
        LivePrograms programs = new(count);
        try
        {
            DedicatedThreads.ForEach(
                Enumerable.Range(0, count), i => programs.droplets[i] = BpfDroplet.Load(options.For(new DropletId(i)), port => programs.Resolve(new DropletId(i), port)));
            return programs;
        }
        catch
        {
            programs.Dispose();
            throw;
        }
    }

    /// <summary>Attaches the limiter of best-effort traffic to a droplet's NIC.</summary>
    public void AttachLimiter(DropletId droplet) =>
        limiters.Add((droplet, Network[droplet].Run(() => droplets[droplet.Index].AttachEgress(InterfaceIndex(LabNames.Nic)))));

    /// <summary>
    /// Puts a program that passes everything at the far end of every NIC's link (<c>bpf/port.bpf.c</c>): without one a veth leaves in its ring what its peer sends by XDP_TX.
    /// </summary>
    public void AttachPorts(LiveNetwork built)
    {
        port = new SingleProgram(droplets[0].Options.Objects, "port");
        built.Underlay.Run(() =>
        {
            for (int i = 0; i < ports.Length; i++)
            {
                ports[i] = port.Attach(InterfaceIndex(built.UnderlayPortOf(new DropletId(i))));
            }
        });
    }

    /// <summary>Attaches transit to every droplet's NIC.</summary>
    public void AttachTo(LiveNetwork built)
    {
        network = built;
        for (int i = 0; i < droplets.Length; i++)
        {
            BpfDroplet droplet = droplets[i];
            (nics[i], interfaces[(i, PortId.Nic.Value)]) = network[new DropletId(i)].Run(() =>
            {
                int nic = InterfaceIndex(LabNames.Nic);
                return (droplet.Attach(ProgramId.Transit, nic), nic);
            });
        }
    }

    /// <summary>Attaches the agent at an endpoint's link, from when on its frames are taken; rows about its port can be written from then on.</summary>
    public void Attach(LiveEndpoint endpoint)
    {
        (XdpLink link, int ifindex) = Network[endpoint.Droplet].Run(() =>
        {
            int found = InterfaceIndex(endpoint.AgentDevice);
            return (droplets[endpoint.Droplet.Index].Attach(ProgramId.Agent, found), found);
        });
        lock (gate)
        {
            agents[endpoint.Id.Index] = link;
            interfaces[(endpoint.Droplet.Index, endpoint.Port.Value)] = ifindex;
            endpoints[(endpoint.Droplet.Index, ifindex)] = endpoint.Id;
        }
    }

    /// <summary>Detaches the agent. Whose frames came in by that interface stays known: the kernel gives its number to no other.</summary>
    public void Detach(LiveEndpoint endpoint)
    {
        lock (gate)
        {
            interfaces.Remove((endpoint.Droplet.Index, endpoint.Port.Value));
            if (agents.Remove(endpoint.Id.Index, out XdpLink? link))
            {
                link.Dispose();
            }
        }
    }

    /// <summary>The endpoint whose frames came in by this interface of this droplet; null of a NIC.</summary>
    public EndpointId? EndpointAt(DropletId droplet, int ifindex)
    {
        lock (gate)
        {
            return endpoints.TryGetValue((droplet.Index, ifindex), out EndpointId endpoint) ? endpoint : null;
        }
    }

    /// <summary>Trace events that found no room.</summary>
    public long LostEvents() => droplets.Sum(d => d.LostEvents());

    /// <summary>Writes rows inside the droplet's namespace, where slots are resolved.</summary>
    public void Write(DropletId droplet, Action<ITableWriter> rows) => Network[droplet].Run(() => rows(this));

    public void Put<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key, in TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => droplets[droplet.Index].Put(table, key, value);

    public void Delete<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table, in TKey key)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => droplets[droplet.Index].Delete(table, key);

    public bool Knows(ITable table) => droplets[0].Knows(table);

    public IReadOnlyList<KeyValuePair<TKey, TValue>> Rows<TKey, TValue>(DropletId droplet, Table<TKey, TValue> table)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => droplets[droplet.Index].Rows(table);

    public void Dispose()
    {
        foreach ((DropletId droplet, TcLink link) in limiters)
        {
            Network[droplet].Run(link.Dispose);
        }
        limiters.Clear();
        // Each takes the kernel a grace period; side by side they share it.
        DedicatedThreads.ForEach(agents.Values.Concat(nics.OfType<XdpLink>()).Concat(ports.OfType<XdpLink>()), link => link.Dispose());
        agents.Clear();
        Array.Clear(nics);
        Array.Clear(ports);
        port?.Dispose();
        foreach (BpfDroplet? droplet in droplets)
        {
            droplet?.Dispose();
        }
    }

    private LiveNetwork Network => network ?? throw new InvalidOperationException("the programs are not attached to a network yet");

    private static int InterfaceIndex(string device) =>
        LibC.InterfaceIndex(device) is var index and not 0 ? (int)index : throw new HarnessException($"there is no interface '{device}'");

    private int Resolve(DropletId droplet, PortId port)
    {
        lock (gate)
        {
            return interfaces.TryGetValue((droplet.Index, port.Value), out int ifindex)
                ? ifindex
                : throw new HarnessException($"droplet {droplet.Index} has no interface at port {port.Value} now");
        }
    }
}
