using MizarLab.Overlay;

namespace MizarLab.Scenarios.Reading;

/// <summary>
/// What exists where as the timeline goes by, as far as the author orders it: so that a step about something that is not
/// there then is an error in the file and not a puzzle in a run.
/// </summary>
/// <remarks>Quiet when some step could not be read: it may have been the one that puts things right.</remarks>
internal sealed class World
{
    private readonly ReadContext context;
    private readonly bool quiet;
    private readonly bool rolesKnown;
    private readonly bool[] exists;
    private readonly DropletId[] places;
    private readonly DropletId[] homes;
    private readonly bool[] failed;
    private readonly List<DropletId>[] bouncers;
    private readonly List<DropletId>[] dividers;
    private readonly List<EndpointId>[] backends;
    private readonly bool[] policies;
    private readonly bool[] unhealthy;
    private readonly SortedSet<(int Droplet, int Endpoint)> ports = [];

    public World(TopologyRead read, SortedSet<EndpointId> later, bool quiet, ReadContext context)
    {
        Topology topology = read.Topology;
        rolesKnown = read.RolesKnown;
        this.context = context;
        this.quiet = quiet;
        exists = [.. topology.Endpoints.Select((_, i) => !later.Contains(new EndpointId(i)))];
        places = [.. topology.Endpoints.Select(e => e.Droplet)];
        homes = [.. places];
        failed = new bool[topology.Droplets.Length];
        bouncers = [.. topology.Networks.Select(n => n.Bouncers.ToList())];
        dividers = [.. topology.Vpcs.Select(v => v.Dividers.ToList())];
        backends = [.. topology.Services.Select(s => s.Backends.ToList())];
        policies = [.. topology.Policies.Select(p => p.Initially)];
        unhealthy = new bool[topology.Droplets.Length];
        for (int i = 0; i < exists.Length; i++)
        {
            if (exists[i])
            {
                ports.Add((places[i].Index, i));
            }
        }
    }

    /// <summary>How many endpoints each droplet ever hosts; each keeps its port there, which no other gets.</summary>
    public IEnumerable<(DropletId Droplet, int Ports)> Ports => ports.GroupBy(p => p.Droplet).Select(g => (new DropletId(g.Key), g.Count()));

    public bool Exists(EndpointId endpoint) => exists[endpoint.Index];

    /// <summary>Where it is, or will be when it is created again.</summary>
    public DropletId PlaceOf(EndpointId endpoint) => places[endpoint.Index];

    /// <summary>Does something to the world, and returns the step that does so to the run.</summary>
    public Step Try(Action<World> change, Step step)
    {
        change(this);
        return step;
    }

    /// <summary>Reports an endpoint that is not there now and must be.</summary>
    public bool MustExist(EndpointId endpoint, SourcePlace where)
    {
        if (!exists[endpoint.Index])
        {
            Report(where, $"endpoint '{Name(endpoint)}' does not exist at this step", $"create_endpoint: {Name(endpoint)} before it");
        }
        return exists[endpoint.Index];
    }

    public void Create(EndpointId endpoint, SourcePlace where)
    {
        if (exists[endpoint.Index])
        {
            Report(where, $"endpoint '{Name(endpoint)}' exists already at this step", $"delete_endpoint: {Name(endpoint)} before it");
        }
        exists[endpoint.Index] = true;
        places[endpoint.Index] = homes[endpoint.Index]; // as the management plane has it, wherever it was deleted
        ports.Add((places[endpoint.Index].Index, endpoint.Index));
    }

    public void Delete(EndpointId endpoint, SourcePlace where)
    {
        MustExist(endpoint, where);
        exists[endpoint.Index] = false;
    }

    public void Move(EndpointId endpoint, SourcePlace where, DropletId to, SourcePlace toWhere)
    {
        if (!MustExist(endpoint, where))
        {
            return;
        }
        if (places[endpoint.Index] == to)
        {
            Report(toWhere, $"endpoint '{Name(endpoint)}' is on droplet '{Name(to)}' already");
        }
        places[endpoint.Index] = to;
        ports.Add((to.Index, endpoint.Index));
    }

    public void AddBouncer(NetworkId network, DropletId droplet, SourcePlace where) =>
        AddRole(bouncers[network.Index], droplet, where, "bouncer", $"network '{context.Networks[network.Index]}'");

    public void RemoveBouncer(NetworkId network, DropletId droplet, SourcePlace where) =>
        RemoveRole(bouncers[network.Index], droplet, where, "bouncer", $"network '{context.Networks[network.Index]}'");

    public void AddDivider(VpcId vpc, DropletId droplet, SourcePlace where) =>
        AddRole(dividers[vpc.Index], droplet, where, "divider", $"VPC '{context.Vpcs[vpc.Index]}'");

    public void RemoveDivider(VpcId vpc, DropletId droplet, SourcePlace where) =>
        RemoveRole(dividers[vpc.Index], droplet, where, "divider", $"VPC '{context.Vpcs[vpc.Index]}'");

    public void Fail(DropletId droplet, SourcePlace where)
    {
        if (failed[droplet.Index])
        {
            Report(where, $"droplet '{Name(droplet)}' has failed already at this step", $"restore: {Name(droplet)} before it");
        }
        failed[droplet.Index] = true;
    }

    public void Restore(DropletId droplet, SourcePlace where)
    {
        if (!failed[droplet.Index])
        {
            Report(where, $"droplet '{Name(droplet)}' has not failed at this step", $"fail: {Name(droplet)} before it");
        }
        failed[droplet.Index] = false;
    }

    public void AddBackend(ServiceId service, EndpointId endpoint, SourcePlace where)
    {
        MustExist(endpoint, where);
        if (backends[service.Index].Contains(endpoint))
        {
            Report(where, $"endpoint '{Name(endpoint)}' is a backend of service '{context.Services[service.Index]}' already at this step");
        }
        else if (backends[service.Index].Count >= Limits.Roles)
        {
            Report(where, $"service '{context.Services[service.Index]}' has {Limits.Roles} backends", "a kernel value holds no more");
        }
        else
        {
            backends[service.Index].Add(endpoint);
        }
    }

    public void RemoveBackend(ServiceId service, EndpointId endpoint, SourcePlace where)
    {
        if (!backends[service.Index].Remove(endpoint))
        {
            Report(where, $"endpoint '{Name(endpoint)}' is no backend of service '{context.Services[service.Index]}' at this step");
        }
    }

    public void AddPolicy(PolicyId policy, SourcePlace where) => Turn(policies, policy.Index, true, where, $"policy '{context.Policies[policy.Index]}' is in force already at this step");

    public void DeletePolicy(PolicyId policy, SourcePlace where) => Turn(policies, policy.Index, false, where, $"policy '{context.Policies[policy.Index]}' is not in force at this step");

    public void MarkUnhealthy(DropletId droplet, SourcePlace where) => Turn(unhealthy, droplet.Index, true, where, $"droplet '{Name(droplet)}' is unhealthy already at this step");

    public void MarkHealthy(DropletId droplet, SourcePlace where) => Turn(unhealthy, droplet.Index, false, where, $"droplet '{Name(droplet)}' is healthy at this step");

    private void Turn(bool[] states, int index, bool to, SourcePlace where, string otherwise)
    {
        if (states[index] == to)
        {
            Report(where, otherwise);
        }
        states[index] = to;
    }

    private void AddRole(List<DropletId> holders, DropletId droplet, SourcePlace where, string role, string of)
    {
        if (!rolesKnown)
        {
            return;
        }
        if (holders.Contains(droplet))
        {
            Report(where, $"droplet '{Name(droplet)}' is a {role} of {of} already at this step");
        }
        else if (holders.Count >= Limits.Roles)
        {
            Report(where, $"{of} has {Limits.Roles} {role}s", "a kernel value holds no more");
        }
        else
        {
            holders.Add(droplet);
        }
    }

    private void RemoveRole(List<DropletId> holders, DropletId droplet, SourcePlace where, string role, string of)
    {
        if (rolesKnown && !holders.Remove(droplet))
        {
            Report(where, $"droplet '{Name(droplet)}' is no {role} of {of} at this step", holders.Count == 0 ? "it has none" : $"{role}s then: {string.Join(", ", holders.Take(5).Select(Name))}");
        }
    }

    private string Name(EndpointId endpoint) => context.Endpoints[endpoint.Index];

    private string Name(DropletId droplet) => context.Droplets[droplet.Index];

    private void Report(SourcePlace where, string text, string? mend = null)
    {
        if (!quiet)
        {
            context.Diagnostics.Report(where, text, mend);
        }
    }
}
