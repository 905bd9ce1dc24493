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
/// A walk that meets nothing but conntrack and labels, and for whose addresses no policy is enforced anywhere, goes the same way without them and leaves the
/// same direct paths, so it is walked without being judged.
/// </remarks>
internal sealed class ChainNeeds(ChainWorld world, Feature missing)
{
    /// <summary>Where no policy is enforced these leave no trace that another part would see.</summary>
    private const Feature Harmless = Feature.Conntrack | Feature.Labels;

    private readonly SortedSet<EndpointKey> unknownPaths = new(EndpointKeyOrder.Instance);
    private readonly List<NatPair> natPairs = [];

    /// <summary>What the next walk of the sequence needs.</summary>
    public WalkNeed Next(Walk walk)
    {
        Feature features = Feature.None;
        Footprint feet = new();
        foreach (ProgramRun step in walk.Steps)
        {
            DropletState state = world.Droplets[step.Droplet].State;
            features |= Needs.Of(state, step.Program, step.Agent, step.FrameIn) & missing;
            Note(state, step, feet);
        }
        bool meetsNat = missing.HasFlag(Feature.NatCaches) && feet.Flows.Exists(flow => natPairs.Contains(flow.Pair));
        bool service = missing.HasFlag(Feature.ScaledEndpoints) && AddServices(feet);
        bool meetsUnknown = feet.Consulted.Overlaps(unknownPaths);
        if (features == Feature.None && !meetsNat && !meetsUnknown)
        {
            return default;
        }
        bool quiet = (features & ~Harmless) == Feature.None && !service && !meetsNat && !meetsUnknown && !IsEnforced(feet);
        if (!quiet)
        {
            unknownPaths.UnionWith(feet.Learned);
        }
        return new WalkNeed(
            features != Feature.None ? $"needs {Needs.Text(features)}" : "depends on what an earlier walk left that is not run yet", quiet);
    }

    /// <summary>
    /// Notes what the frame that goes into a step may look up and teach: a destination is looked up, a source learned; an ARP request may be answered
    /// on the way, and then it is the other way round.
    /// </summary>
    private static void Note(DropletState state, ProgramRun step, Footprint feet)
    {
        bool agent = step.Program == ProgramId.Agent;
        FrameReading frame = agent
            ? FrameReading.OfAgent(step.FrameIn)
            : FrameReading.OfTransit(step.FrameIn, state.Address);
        if (frame.Ends is not null)
        {
            return;
        }
        Vni vni = agent ? (state.TryGet(Tables.Agents, step.Agent, out AgentConfig config) ? config.Endpoint.Vni : default) : frame.Vni;
        EndpointKey source = new(vni, frame.Source);
        EndpointKey destination = new(vni, frame.Destination);
        feet.Learned.Add(source);
        feet.Consulted.Add(destination);
        if (frame.IsArp)
        {
            feet.Learned.Add(destination);
            feet.Consulted.Add(source);
        }
        else
        {
            feet.Flows.Add(new Flow(vni, new NatPair(frame.Source, frame.Destination)));
        }
    }

    /// <summary>
    /// When an IP flow goes to a scaled endpoint, its own address and its backends' may be learned; and flows may come to have NAT entries: the client's
    /// to the endpoint, and every backend's to the client.
    /// </summary>
    private bool AddServices(Footprint feet)
    {
        bool found = false;
        foreach (WorldDroplet droplet in world.Droplets)
        {
            foreach (Flow flow in feet.Flows)
            {
                EndpointKey goal = new(flow.Vni, flow.Pair.Destination);
                if (!droplet.State.TryGet(Tables.Endpoints, goal, out EndpointValue endpoint)
                    || endpoint.Type != EndpointType.Scaled)
                {
                    continue;
                }
                found = true;
                feet.Learned.Add(goal);
                natPairs.Add(flow.Pair);
                foreach (Ipv4Address backend in endpoint.Remotes.ToImmutableArray())
                {
                    feet.Learned.Add(new EndpointKey(flow.Vni, backend));
                    natPairs.Add(new NatPair(backend, flow.Pair.Source));
                }
            }
        }
        return found;
    }

    private bool IsEnforced(Footprint feet) =>
        world.Droplets.Any(droplet => droplet.State.Of(Tables.PolicyEnforced).Any(row => feet.Consulted.Contains(row.Key.Local) || feet.Learned.Contains(row.Key.Local)));

    /// <summary>Source and destination of a flow that a NAT entry may exist for; the caches know no VNI (§3.9.5), and protocol and ports are left open.</summary>
    private readonly record struct NatPair(Ipv4Address Source, Ipv4Address Destination);

    private readonly record struct Flow(Vni Vni, NatPair Pair);

    /// <summary>What the frames of one walk touch.</summary>
    private sealed class Footprint
    {
        /// <summary>Endpoints whose direct path may be looked up.</summary>
        public SortedSet<EndpointKey> Consulted { get; } = new(EndpointKeyOrder.Instance);

        /// <summary>Endpoints whose direct path may be learned.</summary>
        public SortedSet<EndpointKey> Learned { get; } = new(EndpointKeyOrder.Instance);

        public List<Flow> Flows { get; } = [];
    }
}
