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

    /// <summary>What is not built yet in the model; a line goes with each part that comes.</summary>
    private const Feature MissingInModel = Feature.None;

    /// <summary>What is not built yet in the programs.</summary>
    private const Feature MissingInPrograms = Feature.None;

    /// <summary>What this data plane does not have yet.</summary>
    public static Feature Missing(IDataPlane dataPlane) => dataPlane switch
    {
        ModelDataPlane => MissingInModel,
        Profiles.ProfileDataPlane => Feature.None,
        _ => MissingInPrograms,
    };

    /// <summary>What one program run needs.</summary>
    /// <param name="agent">Ignored for transit.</param>
    public static Feature Of(DropletState state, ProgramId program, AgentId agent, ReadOnlySpan<byte> frame) =>
        program == ProgramId.Agent ? OfAgent(state, agent, frame) : OfTransit(state, frame);

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
        FrameReading reading = FrameReading.OfTransit(frame, state.Address);
        return reading.Ends is { } verdict ? OfStage(state, verdict) : OfOverlay(state, reading);
    }

    private static Feature OfStage(DropletState state, Verdict verdict) => verdict switch
    {
        Verdict.Pass when Stage(state, PassStage) => Feature.Stages,
        Verdict.Drop when Stage(state, DropStage) => Feature.Stages,
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
        needs |= OfNat(state, frame);
        Ipv4Address goal = Goal(state, frame);
        bool known = state.TryGet(Tables.Endpoints, new EndpointKey(frame.Vni, goal), out EndpointValue endpoint);
        bool fromHere = !frame.IsArp && state.TryGet(Tables.Endpoints, new EndpointKey(frame.Vni, frame.Source), out EndpointValue source) && source.IsHosted;
        bool toStage = known && !endpoint.IsHosted && endpoint.Type == EndpointType.Scaled && Stage(state, ScaledStage);
        if (toStage || (frame.AsksToModify && (fromHere || !known)))
        {
            needs |= Feature.ScaledEndpoints;
        }

        // A redirect or a drop is still open here; a PASS only by the TOS bit. After the tail call into slot 4 no other is made (§3.6).
        bool stages = Stage(state, RedirectStage) || Stage(state, DropStage)
            || (frame.MayPass && Stage(state, PassStage));
        return stages && !toStage ? needs | Feature.Stages : needs;
    }

    /// <summary>Whether a NAT entry may be the frame's; with ports, which are not read here, any may.</summary>
    private static Feature OfNat(DropletState state, FrameReading frame)
    {
        if (frame.HasPorts)
        {
            return state.Of(Tables.ReverseNat).Any() || state.Of(Tables.ForwardNat).Any() ? Feature.NatCaches : Feature.None;
        }
        FlowKey flow = frame.PortlessFlow;
        return !frame.IsArp && state.Of(Tables.ReverseNat).Any(row => row.Key.Flow == flow) ? Feature.NatCaches : Feature.None;
    }

    /// <summary>The address the switch function looks for: of an ARP request that is answered here, the requester (§3.8).</summary>
    private static Ipv4Address Goal(DropletState state, in FrameReading frame) =>
        frame.IsArpRequest && state.TryGet(Tables.Endpoints, new EndpointKey(frame.Vni, frame.Destination), out EndpointValue target) && !target.IsHosted
            ? frame.Source
            : frame.Destination;

    private static Feature OfAgent(DropletState state, AgentId id, ReadOnlySpan<byte> frame)
    {
        AgentConfig agent = state.TryGet(Tables.Agents, id, out AgentConfig programmed) ? programmed : new AgentConfig() with { Links = AgentLinks.Usual };
        FrameReading reading = FrameReading.OfAgent(frame);
        if (reading.Ends is { } verdict)
        {
            return OfStatistics(agent, verdict);
        }

        // Policy, which comes before all else, aborts what it denies.
        Feature needs = reading.HasPorts ? Feature.Conntrack | OfStatistics(agent, Verdict.Aborted) | OfNat(state, reading) : Feature.None;
        if (NextHop(state, agent, reading) is not { } next)
        {
            return needs | OfStatistics(agent, Verdict.Drop);
        }
        if (agent.MacOverride != MacAddress.Zero)
        {
            needs |= Feature.MacOverride;
        }
        needs |= (agent.PodLabel | agent.NamespaceLabel) != 0 ? Feature.Labels : Feature.None;
        needs |= agent.ClassAndPriority is 0 or PremiumHigh ? Feature.None : Feature.QosClasses;
        if (next == agent.NicAddress)
        {
            return needs | (agent.Links.HasFlag(AgentLinks.Transit) ? OfTransitBehind(state, agent, reading) : Feature.AgentWithoutTransit);
        }
        needs |= OfStatistics(agent, Verdict.Redirect) | OfStatistics(agent, Verdict.Drop) | OfStatistics(agent, Verdict.Aborted);
        return DevmapsDiffer(state) ? needs | Feature.DevmapPerAgent : needs;
    }

    /// <summary>What transit needs for a frame this agent encapsulated and tail-called it with.</summary>
    private static Feature OfTransitBehind(DropletState state, in AgentConfig config, in FrameReading frame) =>
        state.Address == config.NicAddress
            ? OfOverlay(state, frame with { Vni = new Vni(config.Endpoint.Vni.OnWire) })
            : OfStage(state, Verdict.Drop);

    /// <summary>Where the agent sends it; null when it has no bouncer.</summary>
    private static Ipv4Address? NextHop(DropletState state, in AgentConfig config, in FrameReading frame)
    {
        if (state.TryGet(Tables.DirectPath, new EndpointKey(config.Endpoint.Vni, frame.Destination), out CachedHost host))
        {
            return host.Host.Address;
        }
        uint hash = MizarHash.OfAddresses(frame.Source, frame.Destination);
        return config.Bouncers.Count == 0 ? null : config.Bouncers[(int)(hash % (uint)config.Bouncers.Count)];
    }

    /// <summary>The program an agent tail-calls for a verdict (§3.2 row 7); a PASS needs a class that is not premium.</summary>
    private static Feature OfStatistics(AgentConfig agent, Verdict verdict)
    {
        AgentLinks links = verdict switch
        {
            Verdict.Redirect => AgentLinks.RedirectStatistics,
            Verdict.Drop => AgentLinks.DropStatistics,
            _ => AgentLinks.AbortedToPass | AgentLinks.AbortedToDrop,
        };
        return (agent.Links & links) != 0 ? Feature.Statistics : Feature.None;
    }

    private static bool Stage(DropletState state, int slot) => state.TryGet(Tables.Stages, slot, out _);

    private static bool DevmapsDiffer(DropletState state) =>
        state.Of(Tables.Agents).Select(row => (row.Value?.Links ?? AgentLinks.None) & AgentLinks.Nic).Distinct().Count() > 1;
}
