using System.Collections.Immutable;

namespace MizarLab.Harness.Backends.Stimulus;

/// <summary>Who may receive an exchange: the endpoint that has the address, or a service's backends, on the port behind the service's.</summary>
internal readonly record struct Receivers(ImmutableArray<LiveEndpoint> Endpoints, ushort Port);
