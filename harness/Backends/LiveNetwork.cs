using MizarLab.DataPlane;
using MizarLab.Harness.Namespaces;
using MizarLab.Overlay;

namespace MizarLab.Harness.Backends;

/// <summary>
/// The wiring of a live run: one namespace with a bridge as the underlay, a link from each of its ports to a droplet's NIC, and a
/// link from each droplet to each of its endpoints. Nothing here knows programs.
/// </summary>
/// <example>
/// <code>
/// ml-…-net: br0 ── m…0 ═══ nic :ml-…-d0: p1 ═══ eth0 :ml-…-e0
///              └── m…1 ═══ nic :ml-…-d1: p1 ═══ h1   (a host endpoint: both ends in the droplet)
/// </code>
/// </example>
internal sealed class LiveNetwork : IAsyncDisposable
{
    private static readonly TimeSpan LinkLimit = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Interface numbers of one end of each link, far from those the kernel gives to the other: it takes a veth whose two ends happen to have the same number
    /// in their namespaces for no pair at all, and lets its carrier wait for up to a second.
    /// </summary>
    private const int FirstIndex = 1_000;

    private readonly Topology topology;
    private readonly string runId;
    private readonly IDropletSites sites;
    private readonly List<NetworkNamespace> droplets = [];
    private readonly LiveEndpoint?[] endpoints;
    private NetworkNamespace? underlay;

    private LiveNetwork(Topology topology, string runId, IDropletSites sites)
    {
        this.topology = topology;
        this.runId = runId;
        this.sites = sites;
        endpoints = new LiveEndpoint?[topology.Endpoints.Length];
    }

    public NetworkNamespace Underlay => underlay!;

    public NetworkNamespace this[DropletId droplet] => droplets[droplet.Index];

    /// <summary>The underlay's end of a droplet's link.</summary>
    public string UnderlayPortOf(DropletId droplet) => LabNames.UnderlayPort(runId, droplet.Index);

    /// <summary>The endpoint where it stands now; null while it does not exist.</summary>
    public LiveEndpoint? this[EndpointId endpoint] => endpoints[endpoint.Index];

    /// <summary>Makes namespaces, underlay and droplets' links; all up when this returns.</summary>
    /// <exception cref="HarnessException">The machine refused; what was made is gone again.</exception>
    public static async Task<LiveNetwork> BuildAsync(Topology topology, string runId, IDropletSites sites, CancellationToken cancel)
    {
        LiveNetwork network = new(topology, runId, sites);
        try
        {
            await network.BuildAsync(cancel).ConfigureAwait(false);
            return network;
        }
        catch
        {
            await network.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Puts endpoints on droplets, with their stacks ready and their links up; nothing is sent before somebody does.</summary>
    public async Task AttachAsync(IReadOnlyList<(EndpointId Endpoint, DropletId Droplet, PortId Port)> places, CancellationToken cancel)
    {
        IpBatch namespaces = new();
        foreach ((EndpointId id, _, _) in places)
        {
            if (topology[id].Kind == EndpointKind.Simple)
            {
                namespaces.Add("netns", "add", LabNames.Endpoint(runId, id.Index));
            }
        }
        await namespaces.RunAsync(null, cancel).ConfigureAwait(false);
        IpBatch links = new();
        List<LiveEndpoint> attached = [];
        List<LiveEndpoint> bridged = [];
        foreach ((EndpointId id, DropletId droplet, PortId port) in places)
        {
            LiveEndpoint endpoint = Place(id, droplet, port);
            attached.Add(endpoint);
            endpoints[id.Index] = endpoint;
            if (HasBridges)
            {
                bridged.Add(endpoint);
            }
            string agentMtu = Text(Math.Max(topology.Underlay.MtuBytes, endpoint.Endpoint.MtuBytes));
            links.Add(
                "link", "add", "name", endpoint.AgentDevice, "netns", this[droplet].Name, "index", Text(FirstIndex + port.Value), "mtu", agentMtu, "type", "veth",
                "peer", "name", endpoint.Device, "netns", endpoint.Namespace.Name, "address", endpoint.Endpoint.Mac.ToString(), "mtu", Text(endpoint.Endpoint.MtuBytes));
        }
        await links.RunAsync(null, cancel).ConfigureAwait(false);
        foreach (LiveEndpoint endpoint in bridged)
        {
            await AsHostBridgePort(new IpBatch(), endpoint.AgentDevice).RunAsync(this[endpoint.Droplet].Name, cancel).ConfigureAwait(false);
        }
        await Task.WhenAll(attached.Select(e => BringUpAsync(e, cancel))).ConfigureAwait(false);
        foreach (LiveEndpoint endpoint in attached)
        {
            endpoint.Namespace.Run(() => EthernetDevice.WaitUntilRunning(endpoint.Device, LinkLimit));
            this[endpoint.Droplet].Run(() => EthernetDevice.WaitUntilRunning(endpoint.AgentDevice, LinkLimit));
        }
    }

    /// <summary>Takes an endpoint away with its link and stack.</summary>
    /// <param name="id">The endpoint.</param>
    /// <param name="silenced">Called when the link sends and receives no more, and is still there.</param>
    /// <param name="cancel">Ends it halfway.</param>
    public async Task DetachAsync(EndpointId id, Action silenced, CancellationToken cancel)
    {
        LiveEndpoint endpoint = endpoints[id.Index] ?? throw new InvalidOperationException($"endpoint {id.Index} is on no droplet");
        string droplet = this[endpoint.Droplet].Name;
        await new IpBatch().Add("link", "set", "dev", endpoint.AgentDevice, "down").RunAsync(droplet, cancel).ConfigureAwait(false);
        silenced();
        await new IpBatch().Add("link", "del", "dev", endpoint.AgentDevice).RunAsync(droplet, cancel).ConfigureAwait(false);
        if (endpoint.OwnsNamespace)
        {
            await new IpBatch().Add("netns", "del", endpoint.Namespace.Name).RunAsync(null, cancel).ConfigureAwait(false);
            endpoint.Namespace.Dispose();
        }
        else
        {
            IpBatch rules = new();
            AddSourceRule(rules, endpoint, "del");
            await rules.RunAsync(endpoint.Namespace.Name, cancel).ConfigureAwait(false);
        }
        endpoints[id.Index] = null;
    }

    /// <summary>Unplugs a droplet at the underlay's side, or plugs it in again.</summary>
    public async Task SetPluggedAsync(DropletId droplet, bool plugged, CancellationToken cancel)
    {
        string port = LabNames.UnderlayPort(runId, droplet.Index);
        await new IpBatch().Add("link", "set", "dev", port, plugged ? "up" : "down").RunAsync(Underlay.Name, cancel).ConfigureAwait(false);
        if (plugged)
        {
            Underlay.Run(() => EthernetDevice.WaitUntilRunning(port, LinkLimit));
            this[droplet].Run(() => EthernetDevice.WaitUntilRunning(LabNames.Nic, LinkLimit));
        }
    }

    /// <summary>Whether some stack still asks by ARP for an address; it does so for three seconds at most.</summary>
    public async Task<bool> IsAskingAsync(CancellationToken cancel)
    {
        string[] stacks = [.. endpoints.OfType<LiveEndpoint>().Select(e => e.Namespace.Name).Distinct()];
        string[] answers = await Task.WhenAll(stacks.Select(
            stack => Command.RequireAsync("ip", ["-n", stack, "neighbour", "show", "nud", "incomplete"], null, cancel))).ConfigureAwait(false);
        return answers.Any(a => a.Length > 0);
    }

    /// <summary>Removes everything of this run, whatever of it was made.</summary>
    public async ValueTask DisposeAsync()
    {
        IpBatch batch = new();
        for (int i = 0; i < endpoints.Length; i++)
        {
            if (topology.Endpoints[i].Kind == EndpointKind.Simple)
            {
                AddRemoval(batch, LabNames.Endpoint(runId, i));
            }
            if (endpoints[i] is { OwnsNamespace: true } endpoint)
            {
                endpoint.Namespace.Dispose();
            }
            endpoints[i] = null;
        }
        AddRemoval(batch, LabNames.Underlay(runId));
        underlay?.Dispose();
        droplets.ForEach(d => d.Dispose());
        droplets.Clear();
        await batch.RunForcedAsync(CancellationToken.None).ConfigureAwait(false);
        await sites.CloseAsync(runId, topology.Droplets.Length).ConfigureAwait(false);
    }

    private static void AddRemoval(IpBatch batch, string name)
    {
        if (File.Exists(Path.Combine(NetworkNamespace.Folder, name)))
        {
            batch.Add("netns", "del", name);
        }
    }

    private async Task BuildAsync(CancellationToken cancel)
    {
        string mtu = Text(topology.Underlay.MtuBytes);
        await sites.OpenAsync(runId, topology.Droplets.Length, cancel).ConfigureAwait(false);
        await new IpBatch().Add("netns", "add", LabNames.Underlay(runId)).RunAsync(null, cancel).ConfigureAwait(false);
        underlay = NetworkNamespace.Open(LabNames.Underlay(runId));
        underlay.Run(StackSettings.ApplyToNamespace);
        underlay.Run(StackSettings.ApplyToBridges);
        IpBatch links = new();
        links.Add("link", "add", "name", LabNames.Bridge, "netns", underlay.Name, "mtu", mtu, "type", "bridge", "stp_state", "0", "mcast_snooping", "0");
        for (int i = 0; i < topology.Droplets.Length; i++)
        {
            NetworkNamespace droplet = NetworkNamespace.Open(LabNames.Droplet(runId, i));
            droplets.Add(droplet);
            droplet.Run(StackSettings.ApplyToNamespace);
            links.Add(
                "link", "add", "name", LabNames.UnderlayPort(runId, i), "netns", underlay.Name, "index", Text(FirstIndex + i), "mtu", mtu, "type", "veth",
                "peer", "name", LabNames.Nic, "netns", droplet.Name, "address", topology.Droplets[i].Mac.ToString(), "mtu", mtu);
        }
        await links.RunAsync(null, cancel).ConfigureAwait(false);
        await Task.WhenAll([BringUpUnderlayAsync(cancel), .. droplets.Select((_, i) => BringUpAsync(new DropletId(i), cancel))]).ConfigureAwait(false);
        underlay.Run(() =>
        {
            for (int i = 0; i < topology.Droplets.Length; i++)
            {
                EthernetDevice.WaitUntilRunning(LabNames.UnderlayPort(runId, i), LinkLimit);
            }
        });
        // After the carriers: writing a row waits for what the kernel still does about them, so ports forward when this returns.
        await ForwardingRows().RunBridgeAsync(underlay.Name, cancel).ConfigureAwait(false);
    }

    /// <summary>A switch with a static table: it learns nothing, floods nothing, and sends no frame back where it came from.</summary>
    private async Task BringUpUnderlayAsync(CancellationToken cancel)
    {
        IpBatch batch = new();
        batch.Add("link", "set", "dev", LabNames.Bridge, "up");
        for (int i = 0; i < topology.Droplets.Length; i++)
        {
            string port = LabNames.UnderlayPort(runId, i);
            batch.Add("link", "set", "dev", port, "master", LabNames.Bridge, "gro_max_size", "1", "up");
            batch.Add(
                "link", "set", "dev", port, "type", "bridge_slave", "learning", "off", "flood", "off", "mcast_flood", "off", "bcast_flood", "off", "hairpin", "off");
        }
        Underlay.Run(() =>
        {
            for (int i = 0; i < topology.Droplets.Length; i++)
            {
                EthernetDevice.PrepareForXdp(LabNames.UnderlayPort(runId, i));
            }
        });
        await batch.RunAsync(Underlay.Name, cancel).ConfigureAwait(false);
    }

    private IpBatch ForwardingRows()
    {
        IpBatch batch = new();
        for (int i = 0; i < topology.Droplets.Length; i++)
        {
            batch.Add("fdb", "replace", topology.Droplets[i].Mac.ToString(), "dev", LabNames.UnderlayPort(runId, i), "master", "static");
        }
        return batch;
    }

    private async Task BringUpAsync(DropletId droplet, CancellationToken cancel)
    {
        this[droplet].Run(() =>
        {
            StackSettings.ApplyToInterface(LabNames.Nic);
            EthernetDevice.PrepareForXdp(LabNames.Nic);
        });
        await new IpBatch()
            .Add("link", "set", "dev", "lo", "up")
            .Add("address", "add", $"{topology[droplet].Address}/32", "dev", LabNames.Nic)
            .Add("link", "set", "dev", LabNames.Nic, "up")
            .RunAsync(this[droplet].Name, cancel).ConfigureAwait(false);
        if (HasBridges)
        {
            await BuildHostBridgeAsync(droplet, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Some endpoint is not premium: what it sends passes its host's bridge (spec §3.11).</summary>
    private bool HasBridges => topology.Endpoints.Any(e => e.Qos.Class is not (ServiceClass.Unset or ServiceClass.Premium));

    /// <summary>
    /// The host's bridge as upstream's daemon makes it, with the NIC and the endpoints' links as its ports: what an agent passes leaves by the NIC, and its egress's
    /// limiter. It has a static table of the other droplets, learns nothing and floods nothing.
    /// </summary>
    private async Task BuildHostBridgeAsync(DropletId droplet, CancellationToken cancel)
    {
        string space = this[droplet].Name;
        this[droplet].Run(StackSettings.ApplyToBridges);
        await new IpBatch()
            .Add("link", "add", "name", LabNames.Bridge, "mtu", Text(topology.Underlay.MtuBytes), "type", "bridge", "stp_state", "0", "mcast_snooping", "0")
            .RunAsync(space, cancel).ConfigureAwait(false);
        await AsHostBridgePort(new IpBatch().Add("link", "set", "dev", LabNames.Bridge, "up"), LabNames.Nic).RunAsync(space, cancel).ConfigureAwait(false);
        IpBatch rows = new();
        for (int i = 0; i < topology.Droplets.Length; i++)
        {
            if (i != droplet.Index)
            {
                rows.Add("fdb", "replace", topology.Droplets[i].Mac.ToString(), "dev", LabNames.Nic, "master", "static");
            }
        }
        await rows.RunBridgeAsync(space, cancel).ConfigureAwait(false);
    }

    private static IpBatch AsHostBridgePort(IpBatch batch, string device) => batch
        .Add("link", "set", "dev", device, "master", LabNames.Bridge)
        .Add("link", "set", "dev", device, "type", "bridge_slave", "learning", "off", "flood", "off", "mcast_flood", "off", "bcast_flood", "off", "hairpin", "off");

    private LiveEndpoint Place(EndpointId id, DropletId droplet, PortId port)
    {
        Endpoint endpoint = topology[id];
        bool simple = endpoint.Kind == EndpointKind.Simple;
        if (!simple && endpoints.OfType<LiveEndpoint>().FirstOrDefault(e => !e.OwnsNamespace && e.Droplet == droplet && e.Endpoint.Address == endpoint.Address) is { } other)
        {
            throw new HarnessException($"host endpoints '{other.Endpoint.Name}' and '{endpoint.Name}' are one stack's and have one address; a kernel cannot tell them apart");
        }
        NetworkNamespace home = simple ? NetworkNamespace.Open(LabNames.Endpoint(runId, id.Index)) : this[droplet];
        if (simple)
        {
            home.Run(StackSettings.ApplyToNamespace);
        }
        return new LiveEndpoint(
            id, endpoint, droplet, port, home, simple ? LabNames.EndpointDevice : LabNames.HostDevice(port.Value), LabNames.AgentPort(port.Value));
    }

    private async Task BringUpAsync(LiveEndpoint endpoint, CancellationToken cancel)
    {
        endpoint.Namespace.Run(() =>
        {
            StackSettings.ApplyToInterface(endpoint.Device);
            EthernetDevice.PrepareForXdp(endpoint.Device);
        });
        await new IpBatch().Add("link", "set", "dev", endpoint.AgentDevice, "up").RunAsync(this[endpoint.Droplet].Name, cancel).ConfigureAwait(false);
        await StackBatch(endpoint).RunAsync(endpoint.Namespace.Name, cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Address and routes of an endpoint: its network on link, all else by the gateway. TCP acknowledges every segment at once, so that
    /// no packet count hangs on a delayed acknowledgement's timer.
    /// </summary>
    private IpBatch StackBatch(LiveEndpoint endpoint)
    {
        Network network = topology[endpoint.Endpoint.Network];
        string address = endpoint.Endpoint.Address.ToString(), device = endpoint.Device;
        string table = endpoint.OwnsNamespace ? "main" : Text(HostTable(endpoint));
        IpBatch batch = new();
        if (endpoint.OwnsNamespace)
        {
            batch.Add("link", "set", "dev", "lo", "up");
        }
        else
        {
            AddSourceRule(batch, endpoint, "add");
        }
        batch.Add("link", "set", "dev", device, "gro_max_size", "1", "up");
        batch.Add("address", "add", $"{address}/{Text(network.Cidr.Length)}", "dev", device, "noprefixroute");
        batch.Add(
            "route", "add", network.Cidr.ToString(), "dev", device, "table", table, "scope", "link", "src", address, "quickack", "1");
        batch.Add(
            "route", "add", "default", "via", network.Gateway.ToString(), "dev", device, "table", table, "onlink", "src", address, "quickack", "1");
        return batch;
    }

    /// <summary>A droplet's stack may have several host endpoints: each one's routes are found by its source address.</summary>
    private static void AddSourceRule(IpBatch batch, LiveEndpoint endpoint, string verb) =>
        batch.Add("rule", verb, "from", endpoint.Endpoint.Address.ToString(), "lookup", Text(HostTable(endpoint)), "priority", Text(HostTable(endpoint)));

    private static int HostTable(LiveEndpoint endpoint) => 1_000 + endpoint.Port.Value;

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
