//! Amazon's services, as moto has them, and what tests put into them.

use lightmill_testkit::servers::{Moto, jobs_table};
use lightmill_testkit::{Client, Response};
use serde_json::{Value, json};

/// What Amazon would look at; moto only reads the service's name in it.
const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-central-1/SERVICE/aws4_request, \
                      SignedHeaders=host, Signature=00";

/// One for each test: they end it.
pub struct Amazon(Moto);

impl Amazon {
    pub fn start() -> Self {
        Self(Moto::start().unwrap())
    }

    /// The table of the configuration that leads here.
    pub fn configuration(&self) -> String {
        format!(
            "[aws]\nregion = \"eu-central-1\"\nendpoint = \"{}\"\naccess_key_id = \"AKIDEXAMPLE\"\n\
             secret_access_key = \"not a secret\"\n",
            self.0.endpoint()
        )
    }

    /// Where all of them are.
    pub fn endpoint(&self) -> String {
        self.0.endpoint()
    }

    /// Asks them directly.
    pub fn client(&self) -> Client {
        Client::new(self.0.endpoint().trim_start_matches("http://").parse().unwrap())
    }

    /// One operation, e.g. `("dynamodb", "DynamoDB_20120810.PutItem", …)`.
    pub fn ask(&self, service: &str, target: &str, question: &Value) -> Value {
        let client = Client::new(self.0.endpoint().trim_start_matches("http://").parse().unwrap());
        let signed = SIGNED.replace("SERVICE", service);
        let headers =
            [("authorization", &*signed), ("x-amz-target", target), ("content-type", "application/x-amz-json-1.1")];
        let answer: Response = client.send("POST", b"/", &headers, question.to_string().as_bytes()).unwrap();
        assert_eq!(answer.status, 200, "{target}: {}", answer.text());
        serde_json::from_slice(&answer.body).unwrap_or_default()
    }

    /// Where they are, and who may ask, as environment variables.
    pub fn environment(&self) -> Vec<(String, String)> {
        let variables = [
            ("AWS_ENDPOINT_URL", self.0.endpoint()),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "not a secret".to_owned()),
            ("AWS_REGION", "eu-central-1".to_owned()),
        ];
        variables.map(|(name, value)| (name.to_owned(), value)).to_vec()
    }

    /// One request to S3: status and text of the answer.
    pub fn s3(&self, method: &str, target: &str, body: &[u8]) -> (u16, String) {
        let signed = SIGNED.replace("SERVICE", "s3");
        let headers = [("authorization", &*signed), ("x-amz-content-sha256", "UNSIGNED-PAYLOAD")];
        let answer = self.client().send(method, target.as_bytes(), &headers, body).unwrap();
        (answer.status, answer.text())
    }

    /// Puts an object into a bucket, which is made if there is none.
    pub fn put_object(&self, bucket: &str, key: &str, bytes: &[u8]) {
        let client = Client::new(self.0.endpoint().trim_start_matches("http://").parse().unwrap());
        let signed = SIGNED.replace("SERVICE", "s3");
        let location = "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>";
        for (path, body) in [(format!("/{bucket}"), location.as_bytes()), (format!("/{bucket}/{key}"), bytes)] {
            let answer = client.send("PUT", path.as_bytes(), &[("authorization", &signed)], body).unwrap();
            assert!(matches!(answer.status, 200 | 409), "{path}: {}", answer.text());
        }
    }

    pub fn create_table(&self, name: &str) {
        let question = json!({
            "TableName": name,
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
        });
        self.ask("dynamodb", "DynamoDB_20120810.CreateTable", &question);
    }

    /// A table of jobs, and how a configuration names it.
    pub fn create_jobs_table(&self, name: &str) -> String {
        self.ask("dynamodb", "DynamoDB_20120810.CreateTable", &jobs_table(name).unwrap());
        format!("dynamodb://{name}?region=eu-central-1&endpoint={}", self.0.endpoint())
    }

    /// A table as the deployment of Dynamic Image Transformation's ECS engine makes it, but for its indexes.
    pub fn create_config_table(&self, name: &str) {
        let question = json!({
            "TableName": name,
            "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "PK", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
        });
        self.ask("dynamodb", "DynamoDB_20120810.CreateTable", &question);
    }

    /// Takes an item of such a table away.
    pub fn delete_config(&self, table: &str, key: &str) {
        let question = json!({"TableName": table, "Key": {"PK": {"S": key}}});
        self.ask("dynamodb", "DynamoDB_20120810.DeleteItem", &question);
    }

    /// A bucket with these objects.
    pub fn fill_bucket(&self, bucket: &str, objects: &[(&str, &[u8])]) {
        let client = Client::new(self.0.endpoint().trim_start_matches("http://").parse().unwrap());
        let place = "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>";
        assert_eq!(client.send("PUT", format!("/{bucket}").as_bytes(), &[], place.as_bytes()).unwrap().status, 200);
        for (key, bytes) in objects {
            let headers = [("content-type", "image/jpeg")];
            let target = format!("/{bucket}/{key}");
            assert_eq!(client.send("PUT", target.as_bytes(), &headers, bytes).unwrap().status, 200);
        }
    }

    /// Puts an item, given as DynamoDB's JSON.
    pub fn put(&self, table: &str, item: &str) {
        let item: Value = serde_json::from_str(item).unwrap();
        self.ask("dynamodb", "DynamoDB_20120810.PutItem", &json!({"TableName": table, "Item": item}));
    }

    pub fn put_style(&self, table: &str, name: &str, text: &str) {
        self.put(table, &json!({"id": {"S": name}, "style": {"S": text}}).to_string());
    }

    /// A new secret, or another text of one that is there: what was current becomes what was before.
    pub fn put_secret(&self, id: &str, text: &str, new: bool) {
        let (operation, name) = if new { ("CreateSecret", "Name") } else { ("PutSecretValue", "SecretId") };
        let token = format!("{text:x<32}");
        let question = json!({name: id, "SecretString": text, "ClientRequestToken": token});
        self.ask("secretsmanager", &format!("secretsmanager.{operation}"), &question);
    }

    pub fn put_parameter(&self, name: &str, text: &str) {
        let question = json!({"Name": name, "Value": text, "Type": "SecureString", "Overwrite": true});
        self.ask("ssm", "AmazonSSM.PutParameter", &question);
    }
}
