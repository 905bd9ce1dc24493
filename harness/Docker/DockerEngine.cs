using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Namespaces;

namespace MizarLab.Harness.Docker;

/// <summary>A container as the engine lists it.</summary>
/// <param name="Id">64 hexadecimal digits.</param>
/// <param name="RunId">The run it bears as a label.</param>
/// <param name="Registry">The registry that run was entered in (<see cref="RunRegistry.Identity"/>).</param>
/// <param name="Running">Whether a process lives in it.</param>
public sealed record ContainerEntry(string Id, string Name, string RunId, string Registry, bool Running);

/// <summary>
/// The Docker Engine API, version 1.41, over the engine's Unix socket: the few calls the lab needs, nothing of the <c>docker</c> command.
/// </summary>
/// <example><code>
/// using DockerEngine? engine = await DockerEngine.FindAsync(cancel);
/// string id = await engine.CreateAsync(new ContainerRequest("ml-0a1b2c3d-d0", image, "0a1b2c3d", ["/bin/busybox", "sleep", "60"]));
/// int process = await engine.StartAsync(id);
/// </code></example>
public sealed class DockerEngine : IDisposable
{
    /// <summary>Labels every container of the lab bears: its run's id, and the registry that knows the run.</summary>
    public const string RunLabel = "mizarlab.run";

    public const string RegistryLabel = "mizarlab.registry";

    private const string Version = "v1.41";

    private readonly HttpClient client;

    private DockerEngine(string socket)
    {
        Socket = socket;
        SocketsHttpHandler handler = new()
        {
            ConnectCallback = async (_, cancel) =>
            {
                System.Net.Sockets.Socket connection = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancel).ConfigureAwait(false);
                    return new NetworkStream(connection, ownsSocket: true);
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            },
        };
        client = new HttpClient(handler) { BaseAddress = new Uri($"http://docker/{Version}/"), Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <summary>The Unix socket it answers on.</summary>
    public string Socket { get; }

    /// <summary>Where an engine is looked for, in this order: what DOCKER_HOST names, the system's, the lab's own.</summary>
    public static IEnumerable<string> Sockets()
    {
        const string scheme = "unix://";
        if (Environment.GetEnvironmentVariable("DOCKER_HOST") is { } host && host.StartsWith(scheme, StringComparison.Ordinal))
        {
            yield return host[scheme.Length..];
        }
        yield return "/var/run/docker.sock";
        yield return DockerDaemon.Lab.SocketPath;
    }

    /// <summary>The first engine that answers; null when none does.</summary>
    public static async Task<DockerEngine?> FindAsync(CancellationToken cancel)
    {
        foreach (string socket in Sockets())
        {
            if (await TryConnectAsync(socket, cancel).ConfigureAwait(false) is { } engine)
            {
                return engine;
            }
        }
        return null;
    }

    /// <summary>All engines that answer, each once.</summary>
    public static async Task<IReadOnlyList<DockerEngine>> FindAllAsync(CancellationToken cancel)
    {
        List<DockerEngine> engines = [];
        foreach (string socket in Sockets().Distinct())
        {
            if (await TryConnectAsync(socket, cancel).ConfigureAwait(false) is { } engine)
            {
                engines.Add(engine);
            }
        }
        return engines;
    }

    /// <summary>The engine on this socket, if one answers there.</summary>
    public static async Task<DockerEngine?> TryConnectAsync(string socket, CancellationToken cancel)
    {
        if (!File.Exists(socket))
        {
            return null;
        }
        DockerEngine engine = new(socket);
        try
        {
            using HttpResponseMessage answer = await engine.client.GetAsync("_ping", cancel).ConfigureAwait(false);
            if (answer.IsSuccessStatusCode)
            {
                return engine;
            }
        }
        catch (HttpRequestException)
        {
            // A socket nobody listens on any more.
        }
        engine.Dispose();
        return null;
    }

    /// <summary>The engine's own version, <c>20.10.24</c>.</summary>
    public async Task<string> VersionAsync(CancellationToken cancel) =>
        (await CallAsync(HttpMethod.Get, "version", null, cancel).ConfigureAwait(false))?["Version"]?.GetValue<string>() ?? "unknown";

    /// <summary>Whether the engine has an image of this name.</summary>
    public async Task<bool> HasImageAsync(string image, CancellationToken cancel)
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Get, $"images/{Uri.EscapeDataString(image)}/json", null, cancel).ConfigureAwait(false);
        return answer.StatusCode == HttpStatusCode.OK
            || (answer.StatusCode == HttpStatusCode.NotFound ? false : throw await RefusedAsync(answer, $"look for image '{image}'", cancel).ConfigureAwait(false));
    }

    /// <summary>Makes an image of a root file system, given as a tar archive.</summary>
    public async Task ImportImageAsync(string repository, string tag, byte[] rootFileSystem, CancellationToken cancel)
    {
        using ByteArrayContent content = new(rootFileSystem);
        content.Headers.ContentType = new("application/x-tar");
        string path = $"images/create?fromSrc=-&repo={Uri.EscapeDataString(repository)}&tag={Uri.EscapeDataString(tag)}";
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Post, path, content, cancel).ConfigureAwait(false);
        // The answer is a stream of progress lines; a failure can still be among them.
        string text = await answer.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode || text.Contains("\"error\"", StringComparison.Ordinal))
        {
            throw new HarnessException($"the Docker Engine refused to import image '{repository}:{tag}': {text.Trim()}");
        }
    }

    /// <summary>Removes an image; nothing happens when there is none or something still uses it.</summary>
    public async Task RemoveImageAsync(string image, CancellationToken cancel)
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Delete, $"images/{Uri.EscapeDataString(image)}", null, cancel).ConfigureAwait(false);
    }

    /// <summary>Makes a container and answers its id.</summary>
    public async Task<string> CreateAsync(ContainerRequest request, CancellationToken cancel)
    {
        using JsonContent content = JsonContent.Create(request.ToJson());
        JsonNode? answer = await CallAsync(HttpMethod.Post, $"containers/create?name={Uri.EscapeDataString(request.Name)}", content, cancel).ConfigureAwait(false);
        return answer?["Id"]?.GetValue<string>() ?? throw new HarnessException("the Docker Engine made a container without an id");
    }

    /// <summary>Starts a container and answers the process id of its first process.</summary>
    /// <exception cref="HarnessException">It refused, or the container ended at once.</exception>
    public async Task<int> StartAsync(string id, CancellationToken cancel)
    {
        await CallAsync(HttpMethod.Post, $"containers/{id}/start", null, cancel).ConfigureAwait(false);
        JsonNode? state = (await CallAsync(HttpMethod.Get, $"containers/{id}/json", null, cancel).ConfigureAwait(false))?["State"];
        int process = state?["Pid"]?.GetValue<int>() ?? 0;
        return process > 0
            ? process
            : throw new HarnessException($"container {id} ended at once: exit code {state?["ExitCode"]}, {state?["Error"]}");
    }

    /// <summary>Removes a container, killing what lives in it; nothing happens when there is none.</summary>
    public async Task RemoveAsync(string id, CancellationToken cancel)
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Delete, $"containers/{id}?force=true&v=true", null, cancel).ConfigureAwait(false);
        // 409: somebody else is removing it.
        if (!answer.IsSuccessStatusCode && answer.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.Conflict))
        {
            throw await RefusedAsync(answer, $"remove container {id}", cancel).ConfigureAwait(false);
        }
    }

    /// <summary>The lab's containers, of one run or of all.</summary>
    public async Task<IReadOnlyList<ContainerEntry>> ListAsync(string? runId, CancellationToken cancel)
    {
        string label = runId is null ? RunLabel : $"{RunLabel}={runId}";
        string filters = new JsonObject { ["label"] = new JsonArray(label) }.ToJsonString();
        JsonNode? answer = await CallAsync(HttpMethod.Get, $"containers/json?all=1&filters={Uri.EscapeDataString(filters)}", null, cancel).ConfigureAwait(false);
        return [.. (answer as JsonArray ?? []).OfType<JsonObject>().Select(c => new ContainerEntry(
            c["Id"]!.GetValue<string>(),
            c["Names"]?[0]?.GetValue<string>().TrimStart('/') ?? "",
            c["Labels"]?[RunLabel]?.GetValue<string>() ?? "",
            c["Labels"]?[RegistryLabel]?.GetValue<string>() ?? "",
            c["State"]?.GetValue<string>() is "running" or "paused" or "restarting"))];
    }

    public void Dispose() => client.Dispose();

    private static async Task<HarnessException> RefusedAsync(HttpResponseMessage answer, string what, CancellationToken cancel)
    {
        string text = await answer.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
        string message = text;
        try
        {
            message = JsonNode.Parse(text)?["message"]?.GetValue<string>() ?? text;
        }
        catch (JsonException)
        {
            // Not the engine's own words but somebody's in between; said as they are.
        }
        return new HarnessException(string.Create(CultureInfo.InvariantCulture, $"the Docker Engine refused to {what}: {(int)answer.StatusCode} {message.Trim()}"));
    }

    private async Task<JsonNode?> CallAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancel)
    {
        using HttpResponseMessage answer = await SendAsync(method, path, content, cancel).ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode)
        {
            throw await RefusedAsync(answer, $"{method} {path.Split('?')[0]}", cancel).ConfigureAwait(false);
        }
        string text = await answer.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancel)
    {
        using HttpRequestMessage request = new(method, path) { Content = content };
        try
        {
            return await client.SendAsync(request, cancel).ConfigureAwait(false);
        }
        catch (HttpRequestException error)
        {
            throw new HarnessException($"the Docker Engine at {Socket} does not answer: {error.Message}", error);
        }
        catch (TaskCanceledException error) when (!cancel.IsCancellationRequested)
        {
            throw new HarnessException($"the Docker Engine at {Socket} did not answer within {client.Timeout.TotalSeconds:0} s: {method} {path.Split('?')[0]}", error);
        }
    }
}
