using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>A frame to begin with, and whom it is for.</summary>
internal readonly record struct FrameTemplate(ProgramId Program, AgentId Agent, byte[] Bytes);

/// <summary>
/// Frames that fit a droplet's state, built by the codecs: an endpoint sends what its agent knows something about, the wire brings what the tables ask
/// for. What is wrong with a frame, the mutation of it adds (<see cref="FrameMutation"/>).
/// </summary>
internal sealed class FrameTemplates
{
    private readonly FuzzRandom random;
    private readonly Palette palette;
    private readonly InnerFrames inner;
    private readonly DropletState state;
    private readonly StateRow<AgentId, AgentConfig>[] agents;
    private readonly (EndpointKey Key, EndpointValue Value)[] endpoints;
    private readonly InterfaceConfig own;
    private readonly TranslationKey[] sessions;
    private readonly PortForwardKey[] forwards;

    public FrameTemplates(DropletState state, FuzzRandom random, Palette palette)
    {
        this.state = state;
        this.random = random;
        this.palette = palette;
        inner = new InnerFrames(state, random, palette);
        agents = [.. state.Of(Tables.Agents)];
        endpoints = [.. state.Of(Tables.Endpoints).Where(row => row.Key.Vni != Vni.Substrate).Select(row => (row.Key, row.Value ?? default))];
        state.TryGet(Tables.Interface, 0, out own);
        sessions = [.. state.Of(Tables.Translations).Select(row => row.Key)];
        forwards = [.. state.Of(Tables.PortForwards).Select(row => row.Key)];
    }

    public FrameTemplate Draw() => sessions.Length > 0 && random.Chance(1, 3) ? AcrossTheGateway() : Anything();

    /// <summary>A packet of a session with the outside, or one that begins another, where it is looked for.</summary>
    private FrameTemplate AcrossTheGateway()
    {
        TranslationKey session = random.Of(sessions);
        FlowKey flow = random.Below(6) switch
        {
            0 => session.Flow with { SourcePort = palette.APort(random) },
            1 when forwards.Length > 0 && session.IsInbound => random.Of(forwards) is var to ? session.Flow with { Destination = to.Public.Address, DestinationPort = to.Port, Protocol = to.Protocol } : default,
            _ => session.Flow,
        };
        StateRow<AgentId, AgentConfig>? outside = agents.FirstOrDefault(row => row.Value?.IsOutside == true);
        if (session.IsInbound && outside is not null)
        {
            return new FrameTemplate(ProgramId.Agent, outside.Key, inner.Carry(flow, outside.Value!.Value.EndpointMac, palette.AMac(random)));
        }
        return new FrameTemplate(ProgramId.Transit, default, Tunnel(session.Vni, inner.Carry(flow, palette.AMac(random), palette.AMac(random))));
    }

    private FrameTemplate Anything() => state.Agents > 0 && random.Chance(2, 5) ? FromEndpoint() : FromWire();

    private FrameTemplate FromEndpoint()
    {
        AgentId agent = new(random.Between(1, Math.Min(state.Agents, StateGenerator.Agents)));
        AgentConfig config = default;
        if (agents.Length > 0 && random.Chance(19, 20))
        {
            StateRow<AgentId, AgentConfig> one = random.Of(agents);
            (agent, config) = (one.Key, one.Value ?? default);
        }
        (Ipv4Address to, MacAddress mac) = Destination(config.Endpoint.Vni);
        MacAddress from = config.EndpointMac == MacAddress.Zero || random.Chance(1, 25) ? palette.AMac(random) : config.EndpointMac;
        Ipv4Address source = random.Chance(1, 12) ? palette.AnInner(random) : config.Endpoint.Address;
        byte[] sent = inner.Draw(config.Endpoint.Vni, source, from, to, mac);
        return new FrameTemplate(ProgramId.Agent, agent, config.IsProxied && random.Chance(2, 3) ? Functions(config, sent) : sent);
    }

    /// <summary>What a function behind a proxied endpoint sends: a tunnel of its own, mostly true about who it is.</summary>
    private byte[] Functions(in AgentConfig config, byte[] sent)
    {
        byte[] frame = Tunnel(random.Chance(9, 10) ? config.Endpoint.Vni : palette.AVni(random), sent);
        if (random.Chance(9, 10))
        {
            config.NicAddress.Write(frame.AsSpan(26));
            HeaderRepair.Ipv4(frame.AsSpan(14));
        }
        return frame;
    }

    private FrameTemplate FromWire()
    {
        Vni vni = endpoints.Length > 0 && random.Chance(5, 6) ? random.Of(endpoints).Key.Vni : palette.AVni(random);
        (Ipv4Address to, MacAddress mac) = Destination(vni);
        Ipv4Address source = random.Chance(1, 2) ? Destination(vni).Address : palette.AnInner(random);
        byte[] carried = random.Chance(1, 60) ? Tunnel(vni, inner.Draw(vni, source, palette.AMac(random), to, mac)) : inner.Draw(vni, source, palette.AMac(random), to, mac);
        return new FrameTemplate(ProgramId.Transit, default, Tunnel(vni, carried));
    }

    private byte[] Tunnel(Vni vni, byte[] carried) => new TunnelFrames(random, palette, own).Around(vni, carried);

    /// <summary>An endpoint that is known here, mostly.</summary>
    private (Ipv4Address Address, MacAddress Mac) Destination(Vni vni)
    {
        if (endpoints.Length > 0 && random.Chance(3, 4))
        {
            for (int tries = 0; tries < 4; tries++)
            {
                (EndpointKey key, EndpointValue value) = random.Of(endpoints);
                if (key.Vni == vni)
                {
                    return (key.Address, random.Chance(2, 3) ? value.Mac : palette.AMac(random));
                }
            }
        }
        return (palette.AnInner(random), palette.AMac(random));
    }
}
