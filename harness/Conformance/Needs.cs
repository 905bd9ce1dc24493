using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance;

/// <summary>Parts of upstream's data plane that ours does not have yet.</summary>
[Flags]
public enum Feature
{
    None = 0,

    /// <summary>Conntrack and policy; every TCP and UDP packet with a whole header meets them.</summary>
    Conntrack = 1 << 0,

    /// <summary>Scaled endpoints: the stage at the bouncer, MODIFY at the client's host.</summary>
    ScaledEndpoints = 1 << 1,

    NatCaches = 1 << 2,

    /// <summary>Programs tail-called for transit's verdict.</summary>
    Stages = 1 << 3,

    /// <summary>Programs tail-called for the agent's verdict.</summary>
    Statistics = 1 << 4,

    /// <summary>Label ids of an endpoint.</summary>
    Labels = 1 << 5,

    /// <summary>Class and priority of an endpoint, other than premium and high.</summary>
    QosClasses = 1 << 6,

    MacOverride = 1 << 7,

    /// <summary>An agent whose own tail call into transit is not loaded; our agents share the droplet's.</summary>
    AgentWithoutTransit = 1 << 8,

    /// <summary>Agents of one droplet whose devmaps differ; ours share one.</summary>
    DevmapPerAgent = 1 << 9,
}

/// <summary>
/// Which parts a vector needs that are not there yet: decided from its tables and its frame before it runs, never from what comes out. The frame
/// is followed as far as its bytes and exact table keys say; where a part's state would be met, the part is needed.
/// </summary>
internal static class Needs
{
    private const int PassStage = 1;
    private const int RedirectStage = 2;
    private const int DropStage = 3;
    private const int ScaledStage = 4;
    private const uint PremiumHigh = 0x0100_0100;

    /// <summary>What one program run needs.</summary>
    /// <param name="agent">Index of the agent in the state's list; ignored for transit.</param>
    public static Feature Of(DropletState state, ProgramId program, int agent, ReadOnlySpan<byte> frame) =>
        program == ProgramId.Agent ? OfAgent(state, state.Agents[agent], frame) : OfTransit(state, frame);

    /// <summary>The features in words: <c>conntrack and policy, scaled endpoints</c>.</summary>
    public static string Text(Feature features) => string.Join(
        ", ",
        Enum.GetValues<Feature>().Where(feature => feature != Feature.None && features.HasFlag(feature)).Select(feature => feature switch
        {
            Feature.Conntrack => "conntrack and policy",
            Feature.ScaledEndpoints => "scaled endpoints",
            Feature.NatCaches => "the NAT caches",
            Feature.Stages => "stage programs",
            Feature.Statistics => "statistics programs",
            Feature.Labels => "labels",
            Feature.QosClasses => "QoS classes",
            Feature.MacOverride => "the MAC override",
            Feature.AgentWithoutTransit => "an agent without transit's tail call",
            Feature.DevmapPerAgent => "a devmap per agent",
            _ => feature.ToString(),
        }));

    private static Feature OfTransit(DropletState state, ReadOnlySpan<byte> frame)
    {
        FrameReading reading = FrameReading.OfTransit(frame, state.Interface?.Address ?? Ipv4Address.Any);
        return reading.Ends is { } verdict ? OfStage(state, verdict) : OfOverlay(state, reading);
    }

    private static Feature OfStage(DropletState state, Verdict verdict) => verdict switch
    {
        Verdict.Pass when state.Stages.ContainsKey(PassStage) => Feature.Stages,
        Verdict.Drop when state.Stages.ContainsKey(DropStage) => Feature.Stages,
        _ => Feature.None,
    };

    /// <summary>A frame transit reads to its inner addresses.</summary>
    private static Feature OfOverlay(DropletState state, in FrameReading frame)
    {
        Feature needs = Feature.None;
        if (frame.HasPorts)
        {
            needs |= Feature.Conntrack;
        }
        if (!frame.IsArp && state.ReverseNat.Contains(frame.PortlessFlow))
        {
            needs |= Feature.NatCaches;
        }
        Ipv4Address goal = Goal(state, frame);
        bool known = state.Endpoints.TryGetValue(new EndpointKey(frame.Vni, goal), out EndpointValue endpoint);
        bool fromHere = !frame.IsArp && state.Endpoints.TryGetValue(new EndpointKey(frame.Vni, frame.Source), out EndpointValue source) && source.IsHosted;
        bool toStage = known && !endpoint.IsHosted && endpoint.Type == EndpointType.Scaled && state.Stages.ContainsKey(ScaledStage);
        if (toStage || (frame.AsksToModify && (fromHere || !known)))
        {
            needs |= Feature.ScaledEndpoints;
        }

        // A redirect or a drop is still open here; a PASS only by the TOS bit. After the tail call into slot 4 no other is made (§3.6).
        bool stages = state.Stages.ContainsKey(RedirectStage) || state.Stages.ContainsKey(DropStage)
            || (frame.MayPass && state.Stages.ContainsKey(PassStage));
        return stages && !toStage ? needs | Feature.Stages : needs;
    }

    /// <summary>The address the switch function looks for: of an ARP request that is answered here, the requester (§3.8).</summary>
    private static Ipv4Address Goal(DropletState state, in FrameReading frame) =>
        frame.IsArpRequest && state.Endpoints.TryGetValue(new EndpointKey(frame.Vni, frame.Destination), out EndpointValue target) && !target.IsHosted
            ? frame.Source
            : frame.Destination;

    private static Feature OfAgent(DropletState state, AgentState agent, ReadOnlySpan<byte> frame)
    {
        FrameReading reading = FrameReading.OfAgent(frame);
        if (reading.Ends is { } verdict)
        {
            return OfStatistics(agent, verdict);
        }

        // Policy, which comes before all else, aborts what it denies.
        Feature needs = reading.HasPorts ? Feature.Conntrack | OfStatistics(agent, Verdict.Aborted) : Feature.None;
        AgentConfig config = agent.Config ?? default;
        if (NextHop(state, config, reading) is not { } next)
        {
            return needs | OfStatistics(agent, Verdict.Drop);
        }
        if (agent.MacOverride != MacAddress.Zero)
        {
            needs |= Feature.MacOverride;
        }
        foreach ((EndpointKey key, PacketMetadata metadata) in agent.Metadata)
        {
            if (key == config.Endpoint)
            {
                needs |= (metadata.PodLabel | metadata.NamespaceLabel) != 0 ? Feature.Labels : Feature.None;
                needs |= metadata.Class is 0 or PremiumHigh ? Feature.None : Feature.QosClasses;
            }
        }
        if (next == config.NicAddress)
        {
            return needs | (agent.Stages.ContainsKey(0) ? OfTransitBehind(state, config, reading) : Feature.AgentWithoutTransit);
        }
        needs |= OfStatistics(agent, Verdict.Redirect) | OfStatistics(agent, Verdict.Drop) | OfStatistics(agent, Verdict.Aborted);
        return DevmapsDiffer(state) ? needs | Feature.DevmapPerAgent : needs;
    }

    /// <summary>What transit needs for a frame this agent encapsulated and tail-called it with.</summary>
    private static Feature OfTransitBehind(DropletState state, in AgentConfig config, in FrameReading frame) =>
        state.Interface?.Address == config.NicAddress
            ? OfOverlay(state, frame with { Vni = new Vni(config.Endpoint.Vni.OnWire) })
            : OfStage(state, Verdict.Drop);

    /// <summary>Where the agent sends it; null when it has no bouncer.</summary>
    private static Ipv4Address? NextHop(DropletState state, in AgentConfig config, in FrameReading frame)
    {
        if (state.DirectPath.TryGetValue(new EndpointKey(config.Endpoint.Vni, frame.Destination), out CachedHost host))
        {
            return host.Host.Address;
        }
        uint hash = MizarHash.OfAddresses(frame.Source, frame.Destination);
        return config.Bouncers.Count == 0 ? null : config.Bouncers[(int)(hash % (uint)config.Bouncers.Count)];
    }

    /// <summary>The program an agent tail-calls for a verdict (§3.2 row 7); a PASS needs a class that is not premium.</summary>
    private static Feature OfStatistics(AgentState agent, Verdict verdict)
    {
        int slot = verdict switch { Verdict.Redirect => 1, Verdict.Drop => 4, _ => 5 };
        return agent.Stages.ContainsKey(slot) ? Feature.Statistics : Feature.None;
    }

    private static bool DevmapsDiffer(DropletState state) =>
        state.Agents.Any(agent => !agent.Slots.Order().SequenceEqual(state.Agents[0].Slots.Order()));
}
