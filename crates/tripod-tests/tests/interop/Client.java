// signpost as a client of the sandbox: the whole flow, in the header.
// Arguments: the URLs of the request token, the page, the access token and the resource; the consumer's key and secret.
// Prints the authorization URL, reads the verifier, prints what the resource says.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import oauth.signpost.OAuth;
import oauth.signpost.OAuthConsumer;
import oauth.signpost.OAuthProvider;
import oauth.signpost.basic.DefaultOAuthConsumer;
import oauth.signpost.basic.DefaultOAuthProvider;

public class Client {
    public static void main(String[] args) throws Exception {
        OAuthConsumer consumer = new DefaultOAuthConsumer(args[4], args[5]);
        OAuthProvider provider = new DefaultOAuthProvider(args[0], args[2], args[1]);
        provider.setOAuth10a(true);
        System.out.println(provider.retrieveRequestToken(consumer, OAuth.OUT_OF_BAND));
        String verifier = new BufferedReader(new InputStreamReader(System.in)).readLine();
        provider.retrieveAccessToken(consumer, verifier.trim());

        HttpURLConnection connection = (HttpURLConnection) new URL(args[3]).openConnection();
        consumer.sign(connection);
        byte[] body = connection.getInputStream().readAllBytes();
        System.out.println(new String(body, StandardCharsets.UTF_8).replace("\n", " "));
    }
}
