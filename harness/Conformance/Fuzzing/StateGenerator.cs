using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>
/// Draws droplets of any role, in which rows have to do with each other: agents of endpoints, bouncers with substrate entries, services with ports, and all
/// the corrections' own fields under the dialect <c>lab</c>. Nothing is as it must be: a bouncer may be missing, a slot empty, a list without end.
/// </summary>
internal sealed class StateGenerator(FuzzRandom random, Palette palette)
{
    public const int Agents = 4;
    public const int Ports = 6;

    private readonly List<StateRow> rows = [];

    /// <summary>The droplet under this underlay address.</summary>
    public DropletState Draw(Ipv4Address address)
    {
        rows.Clear();
        bool outside = palette.Settings.Dialect == Dialect.Lab && random.Chance(1, 3);
        InterfaceConfig own = new(random.Chance(12, 13) ? 0 : random.Between(-1, 130), address, palette.AMac(random)) { HasOutside = outside && random.Chance(19, 20) };
        if (random.Chance(25, 26))
        {
            Add(Tables.Interface, 0, own);
        }
        AddSlots();
        AddEndpoints();
        AddRoutes();
        AddAgents(own);
        new FlowGenerator(random, palette, rows).Add();
        if (random.Chance(1, 2))
        {
            new PolicyGenerator(random, palette, rows).Add();
        }
        AddOdds();
        return new DropletState(
        [
            .. palette.Settings.On == Switches.None ? rows : rows.Select(Enriched),
            .. outside ? new OutsideGenerator(random, palette).Draw(own) : [],
        ])
        { Agents = Agents };
    }

    private void AddSlots()
    {
        for (int slot = 0; slot < Ports; slot++)
        {
            if (random.Chance(7, 8))
            {
                Add(Tables.Slots, slot, new PortId(slot));
            }
        }
        if (random.Chance(14, 15))
        {
            Add(Tables.AgentSlots, 0, PortId.Nic);
        }
    }

    private void AddEndpoints()
    {
        foreach (Ipv4Address host in palette.Hosts)
        {
            if (random.Chance(7, 8))
            {
                Add(Tables.Endpoints, new EndpointKey(Vni.Substrate, host), new EndpointValue(EndpointType.Substrate, default, -1, palette.AMac(random)));
            }
        }
        for (int i = random.Below(14); i > 0; i--)
        {
            EndpointType type = random.Below(9) switch { 0 => EndpointType.Substrate, 1 or 2 => EndpointType.Scaled, 3 => EndpointType.Gateway, _ => EndpointType.Simple };
            AddressList remotes = type switch
            {
                EndpointType.Scaled when random.Chance(9, 10) => new AddressList([.. Enumerable.Range(0, random.Between(1, 4)).Select(_ => palette.AnInner(random))]),
                EndpointType.Simple when random.Chance(4, 5) => new AddressList(palette.AHost(random)),
                _ => LeafDraw.List(random, palette),
            };
            int slot = random.Below(4) switch { 0 => random.Below(Ports), 1 => random.Chance(1, 5) ? random.Between(-3, 300) : -1, _ => -1 };
            Add(Tables.Endpoints, Key(), new EndpointValue(type, remotes, slot, palette.AMac(random)) { IsProxied = slot != -1 && Proxies() });
        }
    }

    private bool Proxies() => palette.Settings.Dialect == Dialect.Lab && random.Chance(1, 3);

    private void AddRoutes()
    {
        for (int i = random.Below(4); i > 0; i--)
        {
            Add(Tables.Networks, new NetworkKey(palette.AVni(random), LeafDraw.Prefix(random, palette)), LeafDraw.List(random, palette));
        }
        if (palette.Settings.Dialect == Dialect.Lab && random.Chance(1, 3))
        {
            AddGuarded();
        }
        for (int i = random.Below(4); i > 0; i--)
        {
            Add(Tables.Vpcs, palette.AVni(random), LeafDraw.List(random, palette));
        }
        for (int i = random.Below(5); i > 0; i--)
        {
            Add(Tables.DirectPath, Key(), new HostAddress(palette.AHost(random), palette.AMac(random)));
        }
        foreach (Ipv4Address host in palette.Hosts)
        {
            if (random.Chance(4, 5))
            {
                Add(Tables.Peers, host, random.Chance(1, 5) ? PeerState.Unhealthy : PeerState.Healthy);
            }
        }
    }

    /// <summary>Networks the divider stays in front of: another VPC's, or under an ACL whose rules mostly match something.</summary>
    private void AddGuarded()
    {
        for (int i = random.Between(1, 2); i > 0; i--)
        {
            Add(Tables.Networks, new NetworkKey(palette.AVni(random), LeafDraw.Prefix(random, palette)), new NetworkValue(LeafDraw.List(random, palette))
            {
                IsGuarded = true,
                PeerVni = random.Chance(1, 2) ? palette.AVni(random) : Vni.Substrate,
            });
        }
        for (int order = random.Below(5); order > 0; order--)
        {
            ushort first = random.Of<ushort>([0, 0, 53, 80, 1024]);
            Add(Tables.Nacl, new NaclKey(palette.AVni(random), order), new NaclEntry(
                random.Chance(1, 3), Wide(), Wide(), random.Of<IpProtocol>([default, IpProtocol.Udp, IpProtocol.Tcp, IpProtocol.Icmp]),
                first, random.Chance(1, 2) ? ushort.MaxValue : (ushort)(first + 1000)));
        }
    }

    private Ipv4Prefix Wide() => new(palette.AnInner(random), random.Of<int>([0, 0, 8, 16, 24, 32]));

    private void AddAgents(in InterfaceConfig own)
    {
        for (int agent = 1; agent <= Agents; agent++)
        {
            if (random.Chance(7, 8))
            {
                AddressList bouncers = random.Chance(1, 4) ? new AddressList(own.Address) : LeafDraw.List(random, palette);
                Add(Tables.Agents, new AgentId(agent), new AgentConfig(random.Chance(5, 6) ? own.Address : palette.AHost(random), own.Mac, Key(), bouncers)
                {
                    Links = Links(),
                    EndpointMac = palette.AMac(random),
                    BytesPerSecond = palette.Settings.Dialect == Dialect.Lab && random.Chance(1, 8) ? random.Of<ulong>([1, 1_000, 125_000_000]) : 0,
                    BurstBytes = random.Chance(1, 4) ? 0 : (uint)random.Between(40, 3_000),
                    IsProxied = Proxies(),
                    MacOverride = random.Chance(1, 12) ? palette.AMac(random) : MacAddress.Zero,
                    PodLabel = random.Chance(1, 2) ? 0 : (uint)random.Below(4),
                    NamespaceLabel = random.Chance(1, 2) ? 0 : (uint)random.Below(4),
                    ClassAndPriority = random.Chance(1, 2) ? 0 : random.Of<uint>([0x0100_0000, 0x0010_0000, 0x0001_0000, 0x0200_0000]) | random.Of<uint>([0x100, 0x10, 0x1, 0]),
                });
            }
            foreach (Ipv4Address host in palette.Hosts)
            {
                if (random.Chance(5, 6))
                {
                    Add(Tables.AgentSubstrate, new AgentSubstrateKey(new AgentId(agent), new EndpointKey(Vni.Substrate, host)), palette.AMac(random));
                }
            }
        }
    }

    private AgentLinks Links()
    {
        if (random.Chance(3, 4))
        {
            return AgentLinks.Usual;
        }
        AgentLinks links = random.Chance(9, 10) ? AgentLinks.Usual : random.Chance(1, 2) ? AgentLinks.Nic : AgentLinks.Transit;
        foreach (AgentLinks one in (ReadOnlySpan<AgentLinks>)[AgentLinks.RedirectStatistics, AgentLinks.PassStatistics, AgentLinks.DropStatistics])
        {
            links |= random.Chance(3, 4) ? one : AgentLinks.None;
        }
        return links | random.Of<AgentLinks>([AgentLinks.None, AgentLinks.None, AgentLinks.AbortedToPass, AgentLinks.AbortedToDrop]);
    }

    /// <summary>What a droplet has seldom: stages, statistics.</summary>
    private void AddOdds()
    {
        rows.AddRange(Stages(random, palette.Settings));
        if (random.Chance(1, 2))
        {
            Add(Tables.Statistics, 0, random.Chance(4, 5) ? default : new TransmitStatistics(1, 2, 3, ulong.MaxValue, 4, 5, uint.MaxValue, 7));
        }
    }

    /// <summary>Mostly the service stage, seldom a verdict's program in any slot.</summary>
    public static IEnumerable<StateRow> Stages(FuzzRandom random, DataPlaneSettings settings)
    {
        if (random.Chance(2, 3))
        {
            yield return StateRow.New(Tables.Stages, StageSlot.ScaledEndpoint, StageProgram.ScaledEndpoint);
        }
        for (int i = random.Chance(1, 6) ? random.Between(1, 3) : 0; i > 0; i--)
        {
            yield return StateRow.New(
                Tables.Stages, random.Below(settings.Has(Switches.CompleteStages) ? StageSlot.Aborted + 1 : StageSlot.ScaledEndpoint + 1),
                random.Of<StageProgram>([StageProgram.Tx, StageProgram.Pass, StageProgram.Redirect, StageProgram.Drop]));
        }
    }

    /// <summary>Under the corrections some fields besides are not zero.</summary>
    private StateRow Enriched(StateRow row)
    {
        if (row is StateRow<AgentId, AgentConfig> { Value: { } config } agent)
        {
            row = agent with
            {
                Value = config with
                {
                    HasEgressPolicy = random.Chance(1, 2),
                    HasIngressPolicy = random.Chance(1, 3),
                    Gateway = random.Chance(3, 4) ? palette.AnInner(random) : Ipv4Address.Any,
                    GatewayMac = palette.AMac(random),
                },
            };
        }
        return row.Table == Tables.AgentSubstrate || random.Chance(1, 3) ? row : RowMutation.WithAnotherValue(row, random, palette);
    }

    private EndpointKey Key() => new(palette.AVni(random), palette.AnInner(random));

    private void Add<TKey, TValue>(Table<TKey, TValue> table, TKey key, TValue value)
        where TKey : struct, IEquatable<TKey>
        where TValue : struct => rows.Add(StateRow.New(table, key, value));
}
