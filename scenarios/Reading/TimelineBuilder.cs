using System.Collections.Immutable;
using System.Globalization;
using MizarLab.Engine;
using MizarLab.Overlay;
using MizarLab.Packets;
using MizarLab.Scenarios.Inputs;
using MizarLab.Scenarios.Language;
using MizarLab.Scenarios.Shapes;

namespace MizarLab.Scenarios.Reading;

/// <summary>Who talks to whom; <see cref="Peer"/> is null when the target is a service's address, or one nobody has.</summary>
internal readonly record struct Exchange(EndpointId From, Ipv4Address To, EndpointId? Peer, ServiceId? Service);

/// <summary>Makes the timeline from the steps as read, and checks each against what exists then.</summary>
internal sealed class TimelineBuilder(TopologyRead topology, World world, ReadContext context)
{
    /// <summary>An Ethernet header with one VLAN tag.</summary>
    public const int EthernetWithTag = 18;

    private readonly ImmutableArray<Step>.Builder steps = ImmutableArray.CreateBuilder<Step>();
    private readonly SortedDictionary<string, SourcePlace> names = new(StringComparer.Ordinal);
    private readonly SortedDictionary<(uint Address, int Vpc, int Port, InnerProtocol Protocol), string> listening = [];
    private readonly SortedDictionary<int, ImmutableArray<byte>> patterns = [];
    private SimTime latest = SimTime.Zero;
    private long payloadBytes;
    private int sourcePorts;
    private string kind = "";
    private int number;

    public World World => world;

    public Diagnostics Diagnostics => context.Diagnostics;

    public IInputFiles Inputs => context.Inputs;

    /// <summary>The underlay's switches.</summary>
    public FabricShape Fabric => Topology.Underlay.Shape;

    public int DropletCount => Topology.Droplets.Length;

    /// <summary>The time the last step waits for.</summary>
    public SimTime Latest => latest;

    private Topology Topology => topology.Topology;

    /// <summary>The endpoints that are there, by network or by VPC, in the order of their declaration; those only that have a stack of the lab's.</summary>
    public IEnumerable<ImmutableArray<EndpointId>> Circles(bool withinVpc) => Enumerable.Range(0, Topology.Endpoints.Length)
        .Select(i => new EndpointId(i))
        .Where(e => world.Exists(e) && !Topology[e].IsProxied && !Topology.IsOutside(e))
        .GroupBy(e => withinVpc ? Topology[Topology[e].Network].Vpc.Index : Topology[e].Network.Index)
        .OrderBy(group => group.Key)
        .Select(group => group.ToImmutableArray());

    /// <summary>Names of the VPCs, by number.</summary>
    public IReadOnlyList<string> Vpcs => [.. Topology.Vpcs.Select(vpc => vpc.Name)];

    /// <summary>The endpoints of a VPC that <see cref="Circles"/> has.</summary>
    public CaptureVpc CaptureVpcAt(int vpc)
    {
        ImmutableArray<EndpointId> there = Circles(withinVpc: true).FirstOrDefault(circle => Topology[Topology[circle[0]].Network].Vpc.Index == vpc).NotDefault();
        SortedDictionary<Ipv4Address, int> byAddress = [];
        foreach (EndpointId endpoint in there)
        {
            byAddress.TryAdd(Topology[endpoint].Address, endpoint.Index);
        }
        return new CaptureVpc(Topology.Vpcs[vpc].Name, there.Length, n => there[n].Index, address => byAddress.TryGetValue(address, out int endpoint) ? endpoint : null);
    }

    /// <summary>Takes one of the steps that a step stands for.</summary>
    public void AddPart(Fields fields, Step step, SimTime at, string suffix)
    {
        Add(fields, step, suffix);
        latest = at > latest ? at : latest;
        steps[^1] = steps[^1] with { At = latest };
    }

    /// <summary>Builds every step; what was reported on the way makes the result worthless.</summary>
    public ImmutableArray<Step> Build(ImmutableArray<Placed<Variant<StepKind>>> variants)
    {
        foreach (Placed<Variant<StepKind>> variant in variants)
        {
            number++;
            kind = variant.Value.Kind.Shape.Name;
            variant.Value.Kind.Build(variant.Value.Fields, this);
        }
        return steps.ToImmutable();
    }

    /// <summary>Takes a finished step; gives it its name and time.</summary>
    public void Add(Fields fields, Step step, string suffix = "")
    {
        string name = fields.Given(StepKinds.Name) ? fields.Get(StepKinds.Name) : string.Create(CultureInfo.InvariantCulture, $"{kind}-{number}");
        name += suffix;
        if (!names.TryAdd(name, fields.Where))
        {
            Diagnostics.Report(fields.PlaceOf(StepKinds.Name), $"duplicate step name '{name}'", $"the first is in line {names[name].Line}");
        }
        SimTime? at = fields.Given(StepKinds.At) && suffix is "" or "-ping" or "-1" ? fields.Get(StepKinds.At) : null;
        if (at < latest)
        {
            Diagnostics.Report(fields.PlaceOf(StepKinds.At), $"at {at} goes back: an earlier step waits for {latest}", "steps begin in order");
        }
        latest = at is { } time && time > latest ? time : latest;
        steps.Add(step with { Name = name, At = at, Background = fields.Get(StepKinds.Background) });
    }

    /// <summary>
    /// The first port of so many exchanges; if the author names none, the next that no other step has. It decides backends and outer source ports, and every
    /// kernel's own choice would be another.
    /// </summary>
    public ushort SourcePort(Fields fields, Key<int> key, int exchanges = 1)
    {
        const int first = 40_000, last = 60_000;
        if (fields.Given(key))
        {
            return (ushort)fields.Get(key);
        }
        if (sourcePorts + exchanges > last - first)
        {
            sourcePorts = 0;
        }
        sourcePorts += exchanges;
        return (ushort)(first + sourcePorts - exchanges);
    }

    /// <summary>Who sends; must exist now.</summary>
    public EndpointId Sender(Fields fields, Key<EndpointId> from)
    {
        world.MustExist(fields.Get(from), fields.PlaceOf(from));
        return fields.Get(from);
    }

    /// <summary>Resolves and checks an exchange's two ends, and that its port is free.</summary>
    public Exchange Exchange(Fields fields, Key<EndpointId> from, Key<Target> to, int port, InnerProtocol protocol)
    {
        Exchange exchange = Exchange(new Placed<EndpointId>(fields.Get(from), fields.PlaceOf(from)), new Placed<Target>(fields.Get(to), fields.PlaceOf(to)));
        var socket = (exchange.To.Value, Topology.Networks[Topology[exchange.From].Network.Index].Vpc.Index, port, protocol);
        if (port != 0 && listening.TryGetValue(socket, out string? holder))
        {
            Diagnostics.Report(fields.Where, $"port {port} of {exchange.To} is still taken by background step '{holder}'", "use another port");
        }
        else if (port != 0 && fields.Get(StepKinds.Background))
        {
            listening[socket] = fields.Given(StepKinds.Name) ? fields.Get(StepKinds.Name) : $"{kind}-{number}";
        }
        return exchange;
    }

    /// <summary>Resolves and checks an exchange's two ends.</summary>
    public Exchange Exchange(Placed<EndpointId> from, Placed<Target> to)
    {
        world.MustExist(from.Value, from.Where);
        ProxiedKeys.CheckSender(Topology[from.Value], from.Where, Diagnostics);
        Exchange exchange = topology.Resolve(from.Value, to, context);
        if (exchange.Peer == from.Value)
        {
            Diagnostics.Report(to.Where, $"endpoint '{Topology[from.Value].Name}' cannot exchange with itself");
        }
        else if (topology.Sound(from.Value) && exchange.Peer is null && (to.Value.Endpoint is not { } named || topology.Sound(named)) && !IsUnicast(exchange.To, Topology[Topology[from.Value].Network].Cidr))
        {
            Diagnostics.Report(to.Where, $"{exchange.To} is no unicast address", "a stack does not send to it: send a frame");
        }
        return exchange;
    }

    /// <summary>Whether an exchange that its target need not answer says anything: not of a proxied endpoint.</summary>
    public void MustAnswer(Exchange exchange, bool replies, string mend, SourcePlace where) =>
        ProxiedKeys.CheckAsked(exchange.Peer is { } peer ? Topology[peer] : null, replies, mend, where, Diagnostics);

    /// <summary>Nothing fragments: ICMP or UDP data and its 28 bytes of headers must fit both interfaces.</summary>
    public void FitsMtu(Exchange exchange, int payloadBytes, SourcePlace where)
    {
        const int Headers = 20 + 8;
        ImmutableArray<EndpointId> backends = exchange.Service is { } service ? Topology[service].Backends : [];
        foreach (EndpointId? end in (ReadOnlySpan<EndpointId?>)[exchange.From, exchange.Peer, .. backends])
        {
            if (end is { } endpoint && topology.Sound(endpoint) && payloadBytes + Headers > Topology[endpoint].MtuBytes)
            {
                Diagnostics.Report(
                    where,
                    $"a payload of {payloadBytes}B does not fit endpoint '{Topology[endpoint].Name}' with its MTU of {Topology[endpoint].MtuBytes}B",
                    $"at most {Topology[endpoint].MtuBytes - Headers}B");
                return;
            }
        }
    }

    /// <summary>Many small intervals can make a day.</summary>
    public void FitsTime(Fields fields, int count, SimTime interval)
    {
        if (count * (decimal)interval.Picoseconds > Limits.LongestTime.Picoseconds)
        {
            Diagnostics.Report(fields.Where, $"{count} times {interval} is longer than {Limits.LongestTime}", "fewer, or a shorter interval");
        }
    }

    /// <summary>A frame the kernel would send at this interface: an Ethernet header, and no more than the MTU behind it and one VLAN tag.</summary>
    public void FrameFits(EndpointId from, byte[] bytes, SourcePlace where)
    {
        if (topology.Sound(from) && bytes.Length > Topology[from].MtuBytes + EthernetWithTag)
        {
            Diagnostics.Report(where, $"a frame of {bytes.Length} bytes does not fit endpoint '{Topology[from].Name}' with its MTU of {Topology[from].MtuBytes}B");
        }
    }

    /// <summary>The bytes of a payload key, or the usual pattern.</summary>
    public ImmutableArray<byte> Payload(Fields fields, Key<Fields> key, int least = 0)
    {
        ImmutableArray<byte> bytes = fields.Given(key)
            ? Payloads.Of(fields.Get(key), size => Pattern(fields.PlaceOf(key), size))
            : Pattern(fields.Where, Payloads.DefaultBytes);
        if (bytes.Length < least)
        {
            Diagnostics.Report(fields.PlaceOf(key), $"{bytes.Length} bytes", $"at least {least}");
        }
        return bytes;
    }

    /// <summary>The pattern of a size, one array for all steps that use it.</summary>
    public ImmutableArray<byte> Pattern(SourcePlace where, int size)
    {
        if (patterns.TryGetValue(size, out ImmutableArray<byte> known))
        {
            return known;
        }
        payloadBytes += size;
        if (payloadBytes > Limits.AllPayloads)
        {
            Diagnostics.Report(where, "the payloads of this scenario are too many bytes", $"at most {Limits.AllPayloads} together");
            return [];
        }
        return patterns[size] = Payloads.Pattern(size);
    }

    private static bool IsUnicast(Ipv4Address address, Ipv4Prefix network)
    {
        uint first = address.Value >> 24;
        bool edge = network.Length < 31 && (address == network.Broadcast || address == network.Address);
        return first is not (0 or 127 or >= 224) && !edge;
    }
}
