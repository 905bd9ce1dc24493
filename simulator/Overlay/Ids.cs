namespace MizarLab.Overlay;

/// <summary>Dense index of a droplet in its topology.</summary>
public readonly record struct DropletId(int Index) : IComparable<DropletId>
{
    public int CompareTo(DropletId other) => Index.CompareTo(other.Index);
}

/// <summary>Dense index of a VPC in its topology.</summary>
public readonly record struct VpcId(int Index);

/// <summary>Dense index of a network in its topology.</summary>
public readonly record struct NetworkId(int Index);

/// <summary>Dense index of an endpoint in its topology; an endpoint the timeline creates later has one too.</summary>
public readonly record struct EndpointId(int Index) : IComparable<EndpointId>
{
    public int CompareTo(EndpointId other) => Index.CompareTo(other.Index);
}

/// <summary>Dense index of a service in its topology.</summary>
public readonly record struct ServiceId(int Index);

/// <summary>Dense index of a policy in its topology; one the timeline adds later has one too.</summary>
public readonly record struct PolicyId(int Index);
