using MizarLab.DataPlane;
using MizarLab.Overlay;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance;

/// <summary>Why a walk is not judged (null: it is), and whether it is walked all the same because what it leaves behind is known.</summary>
internal readonly record struct WalkNeed(string? Text, bool StillWalks);

/// <summary>
/// What the walks of one sequence need. State is kept from walk to walk, so a walk that is not run leaves something unknown: the direct paths of
/// the addresses it names, and the NAT entries of a service. A later walk that would meet these is not judged either. All from the recorded frames that
/// go in and from the tables, before anything runs.
/// </summary>
/// <remarks>
/// A TCP or UDP walk that meets nothing but conntrack, and for whose addresses no policy is enforced anywhere, is let through by conntrack. It leaves
/// the same direct paths with and without it, so it is walked without being judged.
/// </remarks>
internal sealed class ChainNeeds(ChainWorld world)
{
    private readonly SortedSet<EndpointKey> unknownPaths = new(EndpointKeyOrder.Instance);
    private readonly List<NatPair> natPairs = [];

    /// <summary>What the next walk of the sequence needs.</summary>
    public WalkNeed Next(Walk walk)
    {
        Feature features = Feature.None;
        SortedSet<EndpointKey> names = new(EndpointKeyOrder.Instance);
        List<Flow> flows = [];
        foreach (WalkStep step in walk.Steps)
        {
            DropletState state = world.Droplets[step.Droplet].State;
            features |= Needs.Of(state, step.Program, step.Agent, step.FrameIn);
            Note(state, step, names, flows);
        }
        bool meetsNat = flows.Exists(flow => natPairs.Contains(flow.Pair));
        bool service = AddServices(names, flows);
        bool meetsUnknown = names.Overlaps(unknownPaths);
        if (features == Feature.None && !meetsNat && !meetsUnknown)
        {
            return default;
        }
        bool quiet = features == Feature.Conntrack && !service && !meetsNat && !meetsUnknown && !IsEnforced(names);
        if (!quiet)
        {
            unknownPaths.UnionWith(names);
        }
        return new WalkNeed(
            features != Feature.None ? $"needs {Needs.Text(features)}" : "depends on what an earlier walk left that is not run yet", quiet);
    }

    /// <summary>Notes the addresses and the flow of the frame that goes into a step.</summary>
    private static void Note(DropletState state, WalkStep step, SortedSet<EndpointKey> names, List<Flow> flows)
    {
        bool agent = step.Program == ProgramId.Agent;
        FrameReading frame = agent
            ? FrameReading.OfAgent(step.FrameIn)
            : FrameReading.OfTransit(step.FrameIn, state.Interface?.Address ?? Ipv4Address.Any);
        if (frame.Ends is not null)
        {
            return;
        }
        Vni vni = agent ? state.Agents[step.Agent].Config?.Endpoint.Vni ?? default : frame.Vni;
        names.Add(new EndpointKey(vni, frame.Source));
        names.Add(new EndpointKey(vni, frame.Destination));
        if (!frame.IsArp)
        {
            flows.Add(new Flow(vni, new NatPair(frame.Source, frame.Destination)));
        }
    }

    /// <summary>
    /// When an IP flow goes to a scaled endpoint, adds its backends' addresses, and the flows that may come to have NAT entries: the client's
    /// to the endpoint, and every backend's to the client.
    /// </summary>
    private bool AddServices(SortedSet<EndpointKey> names, List<Flow> flows)
    {
        bool found = false;
        foreach (WorldDroplet droplet in world.Droplets)
        {
            foreach (Flow flow in flows)
            {
                if (!droplet.State.Endpoints.TryGetValue(new EndpointKey(flow.Vni, flow.Pair.Destination), out EndpointValue endpoint)
                    || endpoint.Type != EndpointType.Scaled)
                {
                    continue;
                }
                found = true;
                natPairs.Add(flow.Pair);
                foreach (Ipv4Address backend in endpoint.Remotes.ToImmutableArray())
                {
                    names.Add(new EndpointKey(flow.Vni, backend));
                    natPairs.Add(new NatPair(backend, flow.Pair.Source));
                }
            }
        }
        return found;
    }

    private bool IsEnforced(SortedSet<EndpointKey> names) =>
        world.Droplets.Any(droplet => droplet.State.Enforced.Any(names.Contains));

    /// <summary>Source and destination of a flow that a NAT entry may exist for; the caches know no VNI (§3.9.5), and protocol and ports are left open.</summary>
    private readonly record struct NatPair(Ipv4Address Source, Ipv4Address Destination);

    private readonly record struct Flow(Vni Vni, NatPair Pair);
}
