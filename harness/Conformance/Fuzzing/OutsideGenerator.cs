using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>
/// Draws a droplet by which traffic leaves a VPC: the endpoint that stands for the outside and its agent, a default route, few ports so that there are none left now and
/// then, what is forwarded, and sessions, of which some have lost their twin or their time.
/// </summary>
internal sealed class OutsideGenerator(FuzzRandom random, Palette palette)
{
    private readonly List<StateRow> rows = [];

    /// <summary>The rows, in the order they are written; others of the same keys come before.</summary>
    public IReadOnlyList<StateRow> Draw(in InterfaceConfig own)
    {
        Vni vni = palette.AVni(random);
        EndpointKey outside = new(vni, palette.AnInner(random));
        Translator translator = ATranslator(outside.Address);
        MacAddress mac = palette.AMac(random);
        int slot = random.Between(1, StateGenerator.Agents);
        AddressList bouncers = random.Chance(1, 3) ? new AddressList(own.Address) : new AddressList(palette.AHost(random));

        Add(Tables.Translators, vni, translator);
        Add(Tables.Networks, new NetworkKey(vni, new Ipv4Prefix(random.Chance(9, 10) ? Ipv4Address.Any : outside.Address, random.Chance(9, 10) ? 0 : 24)), new NetworkValue(bouncers)
        {
            IsOutside = random.Chance(14, 15),
            Gateway = palette.AnInner(random),
            GatewayMac = palette.AMac(random),
        });
        for (int i = random.Below(3); i > 0; i--)
        {
            Add(Tables.Networks, new NetworkKey(vni, new Ipv4Prefix(palette.AnInner(random), random.Of([24, 30, 32]))), new NetworkValue(LeafDraw.List(random, palette)) { Gateway = palette.AnInner(random) });
        }
        Add(Tables.Endpoints, outside, new EndpointValue(EndpointType.Simple, new AddressList(own.Address), random.Chance(14, 15) ? slot : -1, mac) { IsOutside = random.Chance(14, 15) });
        Add(Tables.Agents, new AgentId(slot), new AgentConfig(own.Address, own.Mac, outside, bouncers)
        {
            EndpointMac = mac,
            IsOutside = random.Chance(14, 15),
            Gateway = palette.AnInner(random),
            GatewayMac = palette.AMac(random),
            HasEgressPolicy = random.Chance(1, 6),
        });
        for (int i = random.Below(4); i > 0; i--)
        {
            AddForward(vni, in translator);
        }
        for (int i = random.Below(6); i > 0; i--)
        {
            AddSession(vni, in translator);
        }
        if (random.Chance(1, 4))
        {
            AddTaken(vni);
        }
        return rows;
    }

    private Translator ATranslator(Ipv4Address endpoint)
    {
        ushort first = random.Of<ushort>([1, 40000, 65535, 65530, random.Word()]);
        int last = first + random.Of([0, 0, 1, 2, 70, -1, random.Below(0xFFFF)]);
        return new Translator(endpoint, random.Chance(1, 3) ? palette.AnInner(random) : new Ipv4Address(0xCB00_7101), first, (ushort)Math.Clamp(last, 0, ushort.MaxValue));
    }

    private void AddForward(Vni vni, in Translator translator)
    {
        IpProtocol protocol = random.Of<IpProtocol>([IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Icmp]);
        Ipv4Address at = random.Chance(3, 4) ? translator.Address : palette.AnInner(random);
        ushort port = protocol == IpProtocol.Icmp ? (ushort)0 : random.Chance(1, 4) ? translator.FirstPort : palette.APort(random);
        Add(Tables.PortForwards, new PortForwardKey(new EndpointKey(vni, at), port, protocol), new PortForward(palette.AnInner(random), protocol == IpProtocol.Icmp ? (ushort)0 : palette.APort(random)));
    }

    /// <summary>Both rows of a session, mostly.</summary>
    private void AddSession(Vni vni, in Translator translator)
    {
        IpProtocol protocol = random.Of<IpProtocol>([IpProtocol.Tcp, IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Icmp]);
        FlowKey inside = new(palette.AnInner(random), palette.AnInner(random), palette.APort(random), protocol == IpProtocol.Icmp ? (ushort)0 : palette.APort(random), protocol);
        ushort port = (ushort)(translator.FirstPort + random.Below(Math.Max(1, Math.Min(3, translator.LastPort - translator.FirstPort + 1))));
        FlowKey outside = inside with { Source = translator.Address, SourcePort = random.Chance(4, 5) ? port : palette.APort(random) };
        if (protocol == IpProtocol.Icmp && random.Chance(1, 3))
        {
            // The outside's echo: its identifier is the reply's destination port.
            inside = inside with { SourcePort = 0, DestinationPort = inside.SourcePort };
            outside = inside with { Source = translator.Address };
        }
        if (random.Chance(14, 15))
        {
            Add(Tables.Translations, new TranslationKey(vni, inside, false), Becomes(outside) with { State = (NatState)random.Below(8), Seen = palette.ATick(random) });
        }
        if (random.Chance(14, 15))
        {
            FlowKey back = random.Chance(19, 20) ? inside.Reversed : inside with { Source = palette.AnInner(random) };
            Add(Tables.Translations, new TranslationKey(vni, outside.Reversed, true), Becomes(back));
        }
    }

    /// <summary>A forward whose endpoint talks to a peer already, from the very port, and what that peer's packets to the forward are found by.</summary>
    private void AddTaken(Vni vni)
    {
        foreach (StateRow<PortForwardKey, PortForward> forward in rows.OfType<StateRow<PortForwardKey, PortForward>>().ToArray())
        {
            FlowKey inside = new(forward.Value!.Value.Address, palette.AnInner(random), forward.Value.Value.Port, palette.APort(random), forward.Key.Protocol);
            FlowKey outside = inside with { Source = forward.Key.Public.Address, SourcePort = palette.APort(random) };
            Add(Tables.Translations, new TranslationKey(vni, inside, false), Becomes(outside) with { Seen = palette.Now });
            Add(Tables.Translations, new TranslationKey(vni, outside.Reversed, true), Becomes(inside.Reversed));
            FlowKey asked = inside.Reversed with { Destination = forward.Key.Public.Address, DestinationPort = forward.Key.Port };
            Add(Tables.Translations, new TranslationKey(vni, asked, true), Becomes(asked)); // of no use, but drawn from
        }
    }

    private static TranslationValue Becomes(in FlowKey flow) => new(flow.Source, flow.Destination, flow.SourcePort, flow.DestinationPort);

    private void Add<TKey, TValue>(Table<TKey, TValue> table, TKey key, TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => rows.Add(StateRow.New(table, key, value));
}
