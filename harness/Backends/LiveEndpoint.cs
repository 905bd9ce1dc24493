using MizarLab.DataPlane;
using MizarLab.Harness.Namespaces;
using MizarLab.Overlay;

namespace MizarLab.Harness.Backends;

/// <summary>An endpoint as it stands on a droplet now.</summary>
/// <param name="Namespace">Where its stack is: a namespace of its own, or of a host endpoint its droplet's.</param>
/// <param name="Device">The stack's interface there.</param>
/// <param name="AgentDevice">The other end of the link, in the droplet's namespace, where the agent sits.</param>
internal sealed record LiveEndpoint(
    EndpointId Id, Endpoint Endpoint, DropletId Droplet, PortId Port, NetworkNamespace Namespace, string Device, string AgentDevice)
{
    public bool OwnsNamespace => Endpoint.Kind == EndpointKind.Simple;
}
